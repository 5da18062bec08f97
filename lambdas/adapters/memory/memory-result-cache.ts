import type { ResultCache } from '../../runtime/ports.ts';
import { readNumber, readText } from '../items/attributes.ts';
import { decodeResult, encodeResult, resultKey } from '../items/run-notes-items.ts';
import type { MemoryTable } from './memory-table.ts';

/** Last good results in memory; the newest of a task wins, as on AWS. */
export function memoryResultCache(table: MemoryTable): ResultCache {
  const find = (tenant: string, workflow: string, taskId: string) => {
    const key = resultKey(tenant, workflow, taskId);
    return table.get(readText(key, 'pk'), readText(key, 'sk'));
  };
  return {
    put: async (tenant, workflow, taskId, result, at) => {
      const item = encodeResult(resultKey(tenant, workflow, taskId), result, at);
      const known = find(tenant, workflow, taskId);
      if (known && readNumber(known, 'at') > at) table.billWrite(item);
      else table.put(item);
    },
    get: async (tenant, workflow, taskId) => {
      const item = find(tenant, workflow, taskId);
      return item && decodeResult(item);
    },
  };
}
