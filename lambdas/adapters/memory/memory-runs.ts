import type { RunRecord, Runs } from '../../runtime/ports.ts';
import { itemBytes } from '../items/attributes.ts';
import {
  encodeRun,
  encodeWake,
  isEnd,
  isRun,
  KEEP_ENDED_DAYS,
  listPlace,
  OPEN_PAGE,
  runUnknown,
} from '../items/run-items.ts';
import { WAKE_SHARDS, wakeShard } from '../items/table-layout.ts';
import { frozen } from './frozen.ts';
import type { MemoryTable } from './memory-table.ts';

/** Run records and wake times in memory. Records can be kept, but not written in. */
export function memoryRuns(table: MemoryTable): Runs {
  const records = new Map<string, RunRecord>();
  const wakes = new Map<string, number>();
  /** Which entries of the journals have set them. */
  const setBy = new Map<string, number>();
  /** Ended runs that are not archived, and when they ended. */
  const toArchive = new Map<string, number>();
  /** A record is written once to the table and once to the index of all its attributes; when it is new, to the one of its keys. */
  const store = (record: RunRecord, indexes = 1): void => {
    const item = encodeRun(record, KEEP_ENDED_DAYS);
    table.billWrite(item, indexes);
    const kept = frozen(structuredClone(record));
    records.set(record.runId, kept);
    sizes.set(kept, itemBytes(item));
  };
  const sizes = new WeakMap<RunRecord, number>();
  const bytesOf = (record: RunRecord): number => sizes.get(record) ?? 0;

  function newest(which: (record: RunRecord) => boolean, limit: number): RunRecord[] {
    const found = [...records.values()]
      .filter(which)
      .sort((a, b) => b.requestedAt - a.requestedAt || (a.runId < b.runId ? 1 : -1))
      .slice(0, limit);
    table.billRead(
      found.reduce((sum, record) => sum + bytesOf(record), 0),
      false,
    );
    return found;
  }

  return {
    create: async (record) => {
      const existing = records.get(record.runId);
      if (existing) {
        table.billWrite(encodeRun(record, KEEP_ENDED_DAYS));
        return { created: false, existing };
      }
      store(record, 2);
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
      const isLate = isEnd(status) && (record.reopenedAt ?? 0) > at;
      if (isEnd(record.status) || isLate) return table.billWrite(encodeRun(record, KEEP_ENDED_DAYS));
      // One more index has the runs that ended.
      const ended = isEnd(status);
      store({ ...record, status, ...(ended && { endedAt: at }), ...(error && { error }) }, ended ? 2 : 1);
      if (ended) toArchive.set(runId, at);
    },

    reopen: async (runId, at) => {
      const record = records.get(runId);
      if (!record) throw runUnknown(runId);
      const isLate = record.reopenedAt !== undefined && record.reopenedAt >= at;
      if (!isEnd(record.status) || isLate) return table.billWrite(encodeRun(record, KEEP_ENDED_DAYS));
      const { endedAt: _end, error: _error, ...open } = record;
      toArchive.delete(runId);
      store({ ...open, status: 'running', reopenedAt: at });
    },

    list: async (tenant, limit, before) => {
      const from = before && listPlace(before);
      return newest((record) => record.tenant === tenant && (from === undefined || listPlace(record) < from), limit);
    },
    correlated: async (tenant, correlationId, limit) =>
      newest((record) => record.tenant === tenant && record.correlationId === correlationId, limit),

    open: async (next) => {
      const place = (runId: string) => `${wakeShard(runId)}#${runId}`;
      const found = [...wakes.keys()].filter((id) => isRun(id) && place(id) > (next ?? '')).sort(byText(place));
      const runIds = found.slice(0, OPEN_PAGE);
      const last = runIds.at(-1);
      table.billRead(0, false);
      return { runIds, ...(found.length > runIds.length && last !== undefined && { next: place(last) }) };
    },

    // A changed index key is a delete and a put in the index.
    setWake: async (runId, at, seq) => {
      const before = wakes.get(runId);
      const item = encodeWake(runId, at ?? 0, seq);
      if (seq !== undefined && (setBy.get(runId) ?? seq) > seq) return table.billWrite(item, 0);
      setBy.delete(runId);
      if (at === undefined) {
        table.billWrite(item, before === undefined ? 0 : 1);
        wakes.delete(runId);
        return;
      }
      table.billWrite(item, before === undefined ? 1 : before === at ? 0 : 2);
      wakes.set(runId, at);
      if (seq !== undefined) setBy.set(runId, seq);
    },

    overdue: async (now, limit) => {
      for (let shard = 0; shard < WAKE_SHARDS; shard++) table.billRead(0, false);
      return due(wakes, now, limit);
    },

    endedBefore: async (at, limit) => {
      for (let shard = 0; shard < WAKE_SHARDS; shard++) table.billRead(0, false);
      return due(toArchive, at - 1, limit);
    },

    setArchived: async (runId, endedAt, ref) => {
      const record = records.get(runId);
      if (!record || !isEnd(record.status) || record.endedAt !== endedAt) return;
      store({ ...record, archived: ref }, toArchive.has(runId) ? 2 : 1);
      toArchive.delete(runId);
    },
  };
}

function due(times: ReadonlyMap<string, number>, now: number, limit: number): string[] {
  return [...times]
    .filter(([, at]) => at <= now)
    .sort(([, a], [, b]) => a - b)
    .slice(0, limit)
    .map(([runId]) => runId);
}

const byText =
  (textOf: (id: string) => string) =>
  (a: string, b: string): number =>
    textOf(a) < textOf(b) ? -1 : 1;
