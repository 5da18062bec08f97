import { holdOf, type Stop } from '../../contracts/control.ts';
import type { Holds, Registry, Stops } from '../../runtime/ports.ts';
import { encodeStop, stopOfHealth } from '../items/budget-items.ts';
import type { MemoryTable } from './memory-table.ts';

/** Stops in memory. They answer what was written last: without the second that the ones on AWS may be late. */
export function memoryStops(table: MemoryTable, holds: Pick<Holds, 'read'>, registry: Pick<Registry, 'agents'>): Stops {
  const runs = new Map<string, { readonly stop: Stop | undefined; readonly at: number }>();
  return {
    on: async ({ tenant, runId, agent }) => {
      table.billRead(0, false);
      const hold = holdOf(await holds.read(), tenant, 'pause');
      if (hold) return { by: hold.by, reason: hold.reason };
      const health = (await registry.agents()).find(({ name }) => name === agent)?.load?.health;
      return (health && stopOfHealth(health)) ?? runs.get(runId)?.stop;
    },
    setRun: async (runId, stop, at) => {
      table.billWrite(encodeStop(runId, stop, at));
      if ((runs.get(runId)?.at ?? at) > at) return;
      runs.set(runId, { stop, at });
    },
  };
}
