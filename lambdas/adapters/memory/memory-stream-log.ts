import type { Topic } from '../../contracts/stream.ts';
import type { Clock } from '../../runtime/ports.ts';
import type { LogRow, StreamLog, Watches } from '../../runtime/stream/stream-ports.ts';
import { frozen } from './frozen.ts';
import type { MemoryTable } from './memory-table.ts';

/** What was said about each topic, in memory. Nothing goes by itself: see `forget`. */
export function memoryStreamLog(table: MemoryTable): StreamLog & { forget(tenant: string, topic: Topic): void } {
  const logs = new Map<string, LogRow[]>();
  const of = (tenant: string, topic: Topic): LogRow[] => {
    table.billRead(0, true);
    return logs.get(`${tenant} ${topic}`) ?? [];
  };
  return {
    append: async (tenant, topic, row) => {
      table.billWrite({});
      const rows = logs.get(`${tenant} ${topic}`) ?? [];
      const other = rows.find(({ first }) => first === row.first);
      // The same once more is somebody who has not heard that it was taken.
      if (other) return JSON.stringify(other) === JSON.stringify(row);
      const kept = frozen(structuredClone(row));
      logs.set(
        `${tenant} ${topic}`,
        [...rows, kept].sort((a, b) => a.first - b.first),
      );
      return true;
    },
    tail: async (tenant, topic, rows) => of(tenant, topic).slice(-rows),
    read: async (tenant, topic, after, rows) =>
      of(tenant, topic)
        .filter(({ first, records }) => first + records.length - 1 > after)
        .slice(0, rows),
    forget: (tenant, topic) => void logs.delete(`${tenant} ${topic}`),
  };
}

/** Which topics are followed, in memory: everybody knows at once. */
export function memoryWatches(clock: Clock): Watches {
  const watched = new Map<string, { tenant: string; topic: Topic; until: number }>();
  return {
    watch: async (tenant, topic, until) => {
      watched.set(`${tenant} ${topic}`, { tenant, topic, until });
      return 0;
    },
    isWatched: async (tenant, topic) => (watched.get(`${tenant} ${topic}`)?.until ?? 0) > clock.now(),
    shared: async () =>
      [...watched.values()]
        .filter(({ topic, until }) => !topic.startsWith('run:') && until > clock.now())
        .map(({ tenant, topic }) => ({ tenant, topic })),
  };
}
