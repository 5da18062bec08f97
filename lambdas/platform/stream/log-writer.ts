import { STREAM_LIMITS, type StreamRecord, type Topic } from '../../contracts/stream.ts';
import type { Clock } from '../../runtime/ports.ts';
import type { LogRow, StreamLog } from '../../runtime/stream/stream-ports.ts';

/** A record with its number. */
export interface Numbered {
  readonly seq: number;
  readonly record: StreamRecord;
}

/** Says what comes next; it may depend on the last record that there is, and on what has been written before. */
export type MakeRecords = (
  last: StreamRecord | undefined,
  isWritten: (id: string) => boolean,
) => readonly StreamRecord[];

/** Rows looked through for what has been written already. */
const REMEMBERED_ROWS = 10;
/** Records that a container remembers of a topic, and topics. */
const REMEMBERED = 500;
const TOPICS = 200;
/** Times that somebody else may write first. */
const TRIES = 20;

/** A run that goes on after its end. */
const GOES_ON = new Set(['workflow_resumed', 'workflow_started']);

/**
 * Writes the logs. The order of what several writers say at once is whoever's row comes first; nothing is written twice,
 * and no number is left out. Make it once per container: it remembers where each log ends.
 */
export function createLogWriter(log: StreamLog, clock: Clock) {
  const ends = new Map<string, Numbered[]>();

  async function endOf(tenant: string, topic: Topic): Promise<Numbered[]> {
    const rows = await log.tail(tenant, topic, REMEMBERED_ROWS);
    return remember(tenant, topic, rows.flatMap(numbered));
  }

  function remember(tenant: string, topic: Topic, records: Numbered[]): Numbered[] {
    const key = `${tenant} ${topic}`;
    const kept = records.slice(-REMEMBERED);
    ends.delete(key);
    ends.set(key, kept);
    for (const oldest of ends.keys()) {
      if (ends.size <= TOPICS) break;
      ends.delete(oldest);
    }
    return kept;
  }

  /** The records with their numbers: those that were written before as well, less those that came after the end. */
  return async function write(tenant: string, topic: Topic, make: MakeRecords): Promise<Numbered[]> {
    let known = ends.get(`${tenant} ${topic}`) ?? (await endOf(tenant, topic));
    for (let tries = 0; tries < TRIES; tries += 1) {
      const last = known.at(-1)?.record;
      const ids = new Set(known.map(({ record }) => record.id));
      const wanted = make(last, (id) => ids.has(id));
      const fresh = untilEnd(last, firstOfEach(wanted, ids)).slice(0, STREAM_LIMITS.recordsPerRow);
      const first = (known.at(-1)?.seq ?? 0) + 1;
      const row: LogRow = { first, records: fresh };
      if (fresh.length > 0 && !(await log.append(tenant, topic, row, clock.now() + STREAM_LIMITS.keepMs))) {
        known = await endOf(tenant, topic);
        continue;
      }
      known = remember(tenant, topic, [...known, ...numbered(row)]);
      const now = new Map(known.map((one) => [one.record.id, one]));
      const written = wanted.flatMap(({ id }) => now.get(id) ?? []);
      const rest = wanted.filter(({ id }) => !now.has(id));
      if (rest.length === 0 || fresh.length === 0) return written;
      return [...written, ...(await write(tenant, topic, () => rest))];
    }
    throw new Error(`others write to ${topic} all the time; it comes back`);
  };
}

export const numbered = ({ first, records }: LogRow): Numbered[] =>
  records.map((record, place) => ({ seq: first + place, record }));

export const isEnd = ({ body }: StreamRecord): boolean => body.type !== 'data';

/** Those whose id is new, each once. */
function firstOfEach(records: readonly StreamRecord[], written: ReadonlySet<string>): StreamRecord[] {
  const seen = new Set(written);
  return records.filter(({ id }) => !seen.has(id) && seen.add(id));
}

/** Nothing comes after the end, but a new beginning. */
function untilEnd(last: StreamRecord | undefined, records: readonly StreamRecord[]): StreamRecord[] {
  let ended = last !== undefined && isEnd(last);
  return records.filter((record) => {
    const { body } = record;
    if (ended && body.type === 'data' && GOES_ON.has(body.payload.event ?? '')) ended = false;
    if (ended) return false;
    ended = isEnd(record);
    return true;
  });
}
