import { spokenText } from '../../runtime/memory/spoken-text.ts';
import type { MemoryPorts } from './memory-ports.ts';
import { type SmallVector, smallVector } from './retrieval/vectors.ts';

type Said = { readonly speaker?: string | undefined; readonly text: string };

/** Vectors for texts; undefined for all of them while the service does not answer: words alone must do then. */
export async function embedTexts(
  { embedder, logger }: Pick<MemoryPorts, 'embedder' | 'logger'>,
  texts: readonly Said[],
): Promise<{ readonly vectors: ReadonlyArray<SmallVector | undefined>; readonly degraded: boolean }> {
  if (embedder === undefined || texts.length === 0) return { vectors: texts.map(() => undefined), degraded: false };
  try {
    const vectors = await embedder.embed(texts.map(({ speaker, text }) => spokenText(speaker, text)));
    return { vectors: texts.map((_, i) => smallVector(vectors[i] ?? [])), degraded: false };
  } catch (error) {
    logger.warn('no embeddings: memory goes by words alone', { model: embedder.model, error });
    return { vectors: texts.map(() => undefined), degraded: true };
  }
}
