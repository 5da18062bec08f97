import type { StepLedger } from '../../runtime/ports.ts';
import { decodeStep, encodeStep } from '../items/ledger-items.ts';
import type { MemoryTable } from './memory-table.ts';

/** Steps in memory, as on AWS. */
export function memoryStepLedger(table: MemoryTable): StepLedger {
  return {
    read: async (task) => table.query(task).map(decodeStep),
    append: async (task, record, keepUntil) => table.putIfAbsent(encodeStep(task, record, keepUntil)) === undefined,
  };
}
