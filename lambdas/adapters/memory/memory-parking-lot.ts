import type { ParkedMessage, ParkingLot } from '../../runtime/ports.ts';
import { encodeParkedKey, encodeParkedMark } from '../items/parked-items.ts';
import type { MemoryTable } from './memory-table.ts';

/** Parked messages in memory; newest first, as on AWS. */
export function memoryParkingLot(table: MemoryTable): ParkingLot {
  const parked = new Map<string, ParkedMessage>();
  const removed = new Set<string>();
  return {
    park: async (message) => {
      table.billWrite(encodeParkedMark(message), 2);
      const earlier = parked.get(message.parkedId);
      if (earlier && !removed.delete(message.parkedId)) return;
      parked.set(message.parkedId, structuredClone({ ...message, at: earlier?.at ?? message.at }));
    },
    remove: async ({ parkedId, at }) => {
      table.billWrite(encodeParkedKey({ parkedId, at }));
      if (parked.get(parkedId)?.at === at) removed.add(parkedId);
    },
    list: async (limit, tenant) => {
      table.billRead(0, true);
      const left = [...parked.values()].filter(
        (message) => !removed.has(message.parkedId) && (tenant === undefined || message.tenant === tenant),
      );
      const newest = left.sort((a, b) => b.at - a.at || (a.parkedId < b.parkedId ? 1 : -1));
      return structuredClone(newest.slice(0, limit));
    },
  };
}
