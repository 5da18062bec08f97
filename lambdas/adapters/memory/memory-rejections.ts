import type { Rejection, Rejections } from '../../runtime/ports.ts';
import { encodeRejection } from '../items/rejection-items.ts';
import type { MemoryTable } from './memory-table.ts';

/** Rejections in memory. */
export function memoryRejections(table: MemoryTable): Rejections {
  const rejections = new Map<string, Rejection>();
  return {
    record: async (runId, rejection) => {
      table.billWrite(encodeRejection(runId, rejection));
      rejections.set(runId, { ...rejection });
    },
    of: async (runId) => {
      table.billRead(0, true);
      return rejections.get(runId);
    },
  };
}
