import type { ModelSettings } from '../../contracts/model-settings.ts';
import type { Embedder } from '../../runtime/memory/embedder.ts';
import type { ModelProvider } from '../../runtime/models/provider.ts';

/** Whoever asks waits: memory goes by words alone rather than later. */
const LONGEST_MS = 10_000;
const CALLS_AT_ONCE = 8;

/** A model of the configuration, at Bedrock or any OpenAI-compatible endpoint. */
export function modelEmbedder(
  settings: ModelSettings,
  provider: Pick<ModelProvider, 'embed' | 'textsPerCall'>,
): Embedder {
  const { id, dimensions, timeoutSeconds } = settings;
  return {
    model: dimensions === undefined ? id : `${id}/${dimensions}`,
    async embed(texts) {
      const signal = AbortSignal.timeout(Math.min(timeoutSeconds * 1_000, LONGEST_MS));
      const vectors: ArrayLike<number>[] = [];
      const starts: number[] = [];
      for (let from = 0; from < texts.length; from += provider.textsPerCall) starts.push(from);
      const work = async (): Promise<void> => {
        for (let from = starts.shift(); from !== undefined; from = starts.shift()) {
          const answer = await provider.embed(texts.slice(from, from + provider.textsPerCall), signal);
          for (const [i, vector] of answer.vectors.entries()) vectors[from + i] = vector;
        }
      };
      await Promise.all(Array.from({ length: Math.min(CALLS_AT_ONCE, starts.length) }, work));
      return vectors;
    },
  };
}
