import { canonicalJson } from '../../../lambdas/contracts/canonical-json.ts';
import { MusterError } from '../../../lambdas/contracts/errors.ts';
import type { Answers, Operation, Pair } from './operations.ts';

/** What a call answered or threw; errors by what callers may rely on: code and class. */
export async function answerOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return { answer: comparable(await call()) };
  } catch (error) {
    if (error instanceof MusterError) return { code: error.code, class: error.class };
    throw error;
  }
}

/** Maps by key, since they have no order of their own; nothing else is touched. */
function comparable(value: unknown): unknown {
  return Object.prototype.toString.call(value) === '[object Map]'
    ? Object.fromEntries(value as ReadonlyMap<string, unknown>)
    : value;
}

/** By their JSON, whatever the order of keys: fields that are undefined are as good as absent. */
export const areSame = ({ memory, cloud }: Answers): boolean => canonicalJson(memory) === canonicalJson(cloud);

/** Both sides as they are: the same call on each. */
export function pairOf<P>(memory: P, cloud: P, close?: () => Promise<void>): Pair<P> {
  return {
    play: async (operation: Operation<P>) => ({
      memory: await answerOf(() => operation.on(memory)),
      cloud: await answerOf(() => operation.on(cloud)),
    }),
    ...(close && { close }),
  };
}
