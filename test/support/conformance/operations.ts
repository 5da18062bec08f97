import * as fc from 'fast-check';

/** One call of a port, made by a seed: what it says, and how to make it. */
export interface Operation<P> {
  readonly says: string;
  readonly on: (port: P) => Promise<unknown>;
}

/** Random calls of one method. */
export function calls<K extends string, A extends readonly unknown[]>(
  method: K,
  given: fc.Arbitrary<A>,
): fc.Arbitrary<Operation<Record<K, (...given: A) => Promise<unknown>>>> {
  return given.map((args) => ({
    says: `${method}(${args.map(shown).join(', ')})`,
    on: (port) => port[method](...args),
  }));
}

const LONGEST_SHOWN = 200;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}… (${text.length} characters)`;
}

/** What both sides answered to one operation, after what may differ was taken out. */
export interface Answers {
  readonly memory: unknown;
  readonly cloud: unknown;
}

/** A fresh, empty world twice: in memory and on the local cloud. */
export interface Pair<P> {
  play(operation: Operation<P>): Promise<Answers>;
  /** What is left at the end of a sequence, where that can be asked for. */
  atEnd?(): Promise<Answers>;
  close?(): Promise<void>;
}

/** How one port is compared. */
export interface Conformance<P> {
  readonly name: string;
  readonly operation: fc.Arbitrary<Operation<P>>;
  /** Operations in a sequence, at most; default 40. */
  readonly longest?: number;
  /** Sequences played at the same time; default 4. More where they mostly wait. */
  readonly together?: number;
  /** @param patience 1, and more when the machine was too slow for the waiting times of the first tries */
  open(patience: number): Promise<Pair<P>>;
}

/** The sequences of one seed. */
export function sequencesOf<P>(
  { operation, longest = 40 }: Conformance<P>,
  seed: number,
  count: number,
): Array<ReadonlyArray<Operation<P>>> {
  const sequence = fc.array(operation, { minLength: Math.ceil(longest / 2), maxLength: longest, size: 'max' });
  return fc.sample(sequence, { seed, numRuns: count });
}
