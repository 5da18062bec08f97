import type { Hold } from '../../contracts/control.ts';
import type { Holds } from '../../runtime/ports.ts';
import { encodeHold } from '../items/control-items.ts';
import type { MemoryTable } from './memory-table.ts';

/** Holds in memory. They answer what was written last: without the second that the ones on AWS may be late. */
export function memoryHolds(table: MemoryTable): Holds {
  const kept = new Map<string, { readonly hold: Hold | undefined; readonly at: number }>();
  return {
    read: async () => {
      table.billRead(0, true);
      return new Map([...kept].flatMap(([scope, { hold }]) => (hold ? [[scope, structuredClone(hold)]] : [])));
    },
    set: async (scope, hold, at) => {
      table.billWrite(encodeHold(scope, hold, at));
      if ((kept.get(scope)?.at ?? at) > at) return false;
      kept.set(scope, { hold: structuredClone(hold), at });
      return true;
    },
  };
}
