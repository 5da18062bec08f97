/** What one request of SQS or EventBridge takes. */
export const BATCH = { entries: 10, bytes: 1024 * 1024 } as const;

/** Splits entries, in order, into batches of at most ten and 1 MiB. */
export function batchesOf<T>(entries: readonly T[], bytesOf: (entry: T) => number): T[][] {
  const batches: T[][] = [];
  let current: T[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = bytesOf(entry);
    if (current.length === BATCH.entries || (current.length > 0 && bytes + size > BATCH.bytes)) {
      batches.push(current);
      current = [];
      bytes = 0;
    }
    current.push(entry);
    bytes += size;
  }
  if (current.length > 0) batches.push(current);
  return batches;
}

/** Waiting and chance, so that tests need neither. */
export interface Retrying {
  readonly sleep: (ms: number) => Promise<void>;
  /** In [0, 1). */
  readonly random: () => number;
}

const ROUNDS = 6;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2_000;

/** How long to wait before try number `round` + 1: exponential backoff, at most 2 s, with full jitter. */
export function fullJitter(round: number, random: () => number): number {
  return random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** round);
}

/**
 * Sends entries, and those that came back again, with exponential backoff and full jitter.
 * Answers what is left after the last round.
 */
export async function sendUntilTaken<T>(
  entries: readonly T[],
  send: (entries: readonly T[]) => Promise<T[]>,
  { sleep, random }: Retrying,
): Promise<T[]> {
  let left = await send(entries);
  for (let round = 1; left.length > 0 && round < ROUNDS; round++) {
    await sleep(fullJitter(round, random));
    left = await send(left);
  }
  return left;
}
