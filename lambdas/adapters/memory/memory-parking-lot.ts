import type { ParkedMessage, ParkingLot } from '../../runtime/ports.ts';
import { encodeParkedMark } from '../items/parked-items.ts';
import type { MemoryTable } from './memory-table.ts';

/** Parked messages in memory; newest first, as on AWS. */
export function memoryParkingLot(table: MemoryTable): ParkingLot {
  const parked = new Map<string, ParkedMessage>();
  return {
    park: async (message) => {
      table.billWrite(encodeParkedMark(message), 2);
      if (!parked.has(message.parkedId)) parked.set(message.parkedId, structuredClone(message));
    },
    list: async (limit) => {
      table.billRead(0, true);
      const newest = [...parked.values()].sort((a, b) => b.at - a.at || (a.parkedId < b.parkedId ? 1 : -1));
      return structuredClone(newest.slice(0, limit));
    },
  };
}
