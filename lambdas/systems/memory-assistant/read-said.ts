import type { Memory } from '../../runtime/memory.ts';
import { type Said, saidOf } from './analyze/said.ts';
import type { Stretch } from './messages.ts';
import { POOLS } from './pools.ts';
import { ALL_TIME, readStretch } from './read-stretch.ts';

/** All that was said in these stretches, in order of time. */
export async function readSaid(memory: Pick<Memory, 'recall'>, stretches: readonly Stretch[]): Promise<Said[]> {
  const said: Said[] = [];
  for (const { conversation, since, until } of stretches) {
    const entries = await readStretch(memory, { pool: POOLS.memories, group: conversation, since, until });
    said.push(...entries.map(saidOf));
  }
  return said.sort((a, b) => a.at - b.at);
}

/** The whole of the conversations of these stretches, each once: what was imported before counts as well. */
export function wholeOf(stretches: readonly Stretch[]): Stretch[] {
  const names = [...new Set(stretches.map(({ conversation }) => conversation))];
  return names.map((conversation) => ({ conversation, ...ALL_TIME, memories: 0 }));
}
