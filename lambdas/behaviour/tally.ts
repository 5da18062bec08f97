import { addAll, type Counts, count } from './counts.ts';

/** What a subject did in some time. */
export interface Tally {
  messages: number;
  /** Correlations that it took part in. */
  sessions: number;
  failed: number;
  refused: number;
  readonly types: Counts;
  /** Which type followed which in one correlation: `a>b`. What comes first is a matter of the mix. */
  readonly steps: Counts;
  readonly peers: Counts;
}

export const noTally = (): Tally => ({
  ...{ messages: 0, sessions: 0, failed: 0, refused: 0 },
  ...{ types: new Map(), steps: new Map(), peers: new Map() },
});

/** What a correlation of a subject was last heard of. */
export interface Thread {
  readonly type: string;
  readonly hour: number;
}

/** Correlations of a subject that are followed at once. */
const THREADS = 256;

/** One message of the subject. @param threads by correlation, the one heard of last at the end */
export function tallyMessage(
  tally: Tally,
  threads: Map<string, Thread>,
  message: {
    readonly correlation: string;
    readonly type: string;
    readonly peer: string | undefined;
    readonly failed: boolean;
  },
  hour: number,
): void {
  const { correlation, type, peer, failed } = message;
  const before = threads.get(correlation);
  tally.messages += 1;
  if (failed) tally.failed += 1;
  if (before?.hour !== hour) tally.sessions += 1;
  count(tally.types, type);
  if (peer !== undefined) count(tally.peers, peer);
  if (before) count(tally.steps, `${before.type}>${type}`);
  threads.delete(correlation);
  threads.set(correlation, { type, hour });
  if (threads.size > THREADS) for (const oldest of [...threads.keys()].slice(0, 1)) threads.delete(oldest);
}

export function mergeTally(into: Tally, more: Tally): void {
  into.messages += more.messages;
  into.sessions += more.sessions;
  into.failed += more.failed;
  into.refused += more.refused;
  addAll(into.types, more.types);
  addAll(into.steps, more.steps);
  addAll(into.peers, more.peers);
}
