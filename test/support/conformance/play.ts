import { areSame } from './answers.ts';
import type { Answers, Conformance, Operation } from './operations.ts';

/** The machine was too slow for the times of this sequence: nothing was learnt. */
export class TooSlow extends Error {}

/** Where two worlds part. */
export interface Difference extends Answers {
  /** The operation's place in the sequence; its length for what was left at the end. */
  readonly at: number;
}

type Sequence<P> = ReadonlyArray<Operation<P>>;

/** Times a sequence is played again, each time with more patience, when the machine was too slow for it. */
const TRIES = 4;

/** Plays a sequence on a fresh pair of worlds up to the first difference. @throws TooSlow */
export async function play<P>(conformance: Conformance<P>, sequence: Sequence<P>): Promise<Difference | undefined> {
  for (let patience = 1; ; patience++) {
    try {
      return await playOnce(conformance, sequence, patience);
    } catch (error) {
      if (!(error instanceof TooSlow) || patience === TRIES) throw error;
    }
  }
}

async function playOnce<P>(conformance: Conformance<P>, sequence: Sequence<P>, patience: number) {
  const pair = await conformance.open(patience);
  try {
    for (const [at, operation] of sequence.entries()) {
      const answers = await pair.play(operation);
      if (!areSame(answers)) return { at, ...answers };
    }
    const left = await pair.atEnd?.();
    return left && !areSame(left) ? { at: sequence.length, ...left } : undefined;
  } finally {
    await pair.close?.();
  }
}

/** Makes a sequence shorter for as long as its worlds still part: halves first, then ever smaller pieces. */
export async function shrink<P>(conformance: Conformance<P>, sequence: Sequence<P>, maxTries = 100) {
  let best = sequence;
  for (let size = Math.ceil(best.length / 2), tries = 0; size >= 1 && tries < maxTries; ) {
    let shorter: Sequence<P> | undefined;
    for (let from = 0; from < best.length && !shorter && tries < maxTries; from += size, tries++) {
      const candidate = best.toSpliced(from, size);
      if (await play(conformance, candidate)) shorter = candidate;
    }
    best = shorter ?? best;
    if (!shorter) size = size === 1 ? 0 : Math.ceil(size / 2);
  }
  return best;
}
