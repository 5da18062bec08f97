import type { RunRecord, Runs } from '../../runtime/ports.ts';
import { itemBytes } from '../items/attributes.ts';
import { encodeRun, encodeWake, isEnd, KEEP_ENDED_DAYS, runUnknown } from '../items/run-items.ts';
import { WAKE_SHARDS } from '../items/table-layout.ts';
import { frozen } from './frozen.ts';
import type { MemoryTable } from './memory-table.ts';

/** Run records and wake times in memory. Records can be kept, but not written in. */
export function memoryRuns(table: MemoryTable): Runs {
  const records = new Map<string, RunRecord>();
  const wakes = new Map<string, number>();
  /** A record is written once to the table and once to its index. */
  const store = (record: RunRecord): void => {
    const item = encodeRun(record, KEEP_ENDED_DAYS);
    table.billWrite(item, 1);
    const kept = frozen(structuredClone(record));
    records.set(record.runId, kept);
    sizes.set(kept, itemBytes(item));
  };
  const sizes = new WeakMap<RunRecord, number>();
  const bytesOf = (record: RunRecord): number => sizes.get(record) ?? 0;

  return {
    create: async (record) => {
      const existing = records.get(record.runId);
      if (existing) {
        table.billWrite(encodeRun(record, KEEP_ENDED_DAYS));
        return { created: false, existing };
      }
      store(record);
      return { created: true };
    },

    get: async (runId) => {
      const record = records.get(runId);
      table.billRead(record ? bytesOf(record) : 0, true);
      return record;
    },

    setStatus: async (runId, status, at, error) => {
      const record = records.get(runId);
      if (!record) throw runUnknown(runId);
      if (isEnd(record.status)) return table.billWrite(encodeRun(record, KEEP_ENDED_DAYS));
      store({ ...record, status, ...(isEnd(status) && { endedAt: at }), ...(error && { error }) });
    },

    list: async (tenant, limit) => {
      const found = [...records.values()]
        .filter((record) => record.tenant === tenant)
        .sort((a, b) => b.requestedAt - a.requestedAt || (a.runId < b.runId ? 1 : -1))
        .slice(0, limit);
      table.billRead(
        found.reduce((sum, record) => sum + bytesOf(record), 0),
        false,
      );
      return found;
    },

    // A changed index key is a delete and a put in the index.
    setWake: async (runId, at) => {
      const before = wakes.get(runId);
      if (at === undefined) {
        table.billWrite(encodeWake(runId, 0), before === undefined ? 0 : 1);
        wakes.delete(runId);
        return;
      }
      table.billWrite(encodeWake(runId, at), before === undefined ? 1 : before === at ? 0 : 2);
      wakes.set(runId, at);
    },

    overdue: async (now, limit) => {
      for (let shard = 0; shard < WAKE_SHARDS; shard++) table.billRead(0, false);
      return [...wakes]
        .filter(([, at]) => at <= now)
        .sort(([, a], [, b]) => a - b)
        .slice(0, limit)
        .map(([runId]) => runId);
    },
  };
}
