import type { Recalled } from '../../contracts/memory.ts';
import { MEMORY_LIMITS } from '../../contracts/memory.ts';
import type { Memory } from '../../runtime/memory.ts';

/** Which memories: all of a pool that happened in this time; of one conversation or person, if named. */
export interface Where {
  readonly pool: string;
  readonly since: number;
  /** After the last. */
  readonly until: number;
  readonly group?: string;
  readonly subject?: string;
}

/** From the first time that memory knows until later than anything that is told of. */
export const ALL_TIME = { since: 0, until: 4_102_444_800_000 } as const;

/**
 * All entries of a stretch of time, in order. Memory answers fifty at a time, so a stretch that holds more is cut in halves.
 * Entries of the same millisecond beyond the fiftieth are not told apart; the harvester gives each its own.
 */
export async function readStretch(memory: Pick<Memory, 'recall'>, where: Where): Promise<Recalled[]> {
  const { pool, since, until, group, subject } = where;
  const { entries } = await memory.recall({
    ...{ text: group ?? subject ?? pool, pools: [pool], since, until, limit: MEMORY_LIMITS.found },
    ...(group !== undefined && { group }),
    ...(subject !== undefined && { subject }),
  });
  if (entries.length < MEMORY_LIMITS.found || until - since <= 1)
    return entries.sort((a, b) => a.at - b.at || a.id.localeCompare(b.id));
  const middle = since + Math.floor((until - since) / 2);
  const before = await readStretch(memory, { ...where, until: middle });
  const after = await readStretch(memory, { ...where, since: middle });
  return [...before, ...after];
}
