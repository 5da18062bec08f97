import { DataError } from '../../contracts/errors.ts';
import type { AtPaidWork } from '../open-abilities.ts';
import { callChain } from './call-chain.ts';
import type { ModelPorts } from './endpoint.ts';
import { badAnswer } from './errors.ts';
import { mostTokensOf } from './estimate.ts';
import type { Chain } from './generate.ts';

/** The vectors of texts, in as many calls as the provider needs. To be used inside of an operation. */
export async function embedAll(
  chain: Chain,
  work: AtPaidWork,
  ports: ModelPorts,
  texts: readonly string[],
): Promise<Float32Array[]> {
  if (texts.some((text) => text.trim() === '')) throw new DataError('bad_model_request', 'an empty text has no vector');
  const size = Math.max(1, chain[0].provider.textsPerCall);
  const vectors: Float32Array[] = [];
  for (let from = 0; from < texts.length; from += size) {
    const some = texts.slice(from, from + size);
    const { value } = await callChain(chain, work, ports, {
      bound: () => ({ input: some.reduce((sum, text) => sum + mostTokensOf(text) + 2, 0), output: 0 }),
      send: async ({ provider }, signal) => {
        const { vectors: found, usage } = await provider.embed(some, signal);
        if (found.length !== some.length) throw badAnswer(`${found.length} vectors for ${some.length} texts`);
        return { value: found, usage };
      },
    });
    vectors.push(...value);
  }
  return vectors;
}

/** Vectors as they are recorded: a quarter of what they would take as numbers in JSON. */
export const packVectors = (vectors: readonly Float32Array[]): string[] =>
  vectors.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength).toString('base64'));

export function unpackVectors(packed: readonly string[]): Float32Array[] {
  return packed.map((text) => {
    const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
    return new Float32Array(bytes.buffer);
  });
}
