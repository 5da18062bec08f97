import type { Heartbeat, Heartbeats } from '../../runtime/ports.ts';
import { encodeHeartbeat } from '../items/run-notes-items.ts';
import type { MemoryTable } from './memory-table.ts';

/** Signs of life in memory; the newest of a task wins, as on AWS. */
export function memoryHeartbeats(table: MemoryTable): Heartbeats {
  const runs = new Map<string, Map<string, Heartbeat>>();
  return {
    record: async (beats) => {
      for (const beat of beats) {
        table.billWrite(encodeHeartbeat(beat));
        const tasks = runs.get(beat.runId) ?? new Map<string, Heartbeat>();
        runs.set(beat.runId, tasks);
        const known = tasks.get(beat.taskId);
        if (!known || known.at <= beat.at) tasks.set(beat.taskId, { ...beat });
      }
    },
    of: async (runId) => {
      table.billRead(0, true);
      return new Map(runs.get(runId));
    },
  };
}
