import { DataError } from '../../contracts/errors.ts';
import type { Subscription } from '../../runtime/stream/stream-ports.ts';
import { isEnd, type Numbered, numbered } from './log-writer.ts';
import { frameFor } from './push.ts';
import { sendFrame } from './send-frame.ts';
import type { TalkPorts } from './stream-ports.ts';

/** Rows read at once. */
const ROWS = 20;
/** What a Lambda can send before its time is over; the rest comes when the client asks again. */
const LONGEST_MS = 20_000;

export interface CaughtUp {
  /** False: nobody is there any more, or it has all that it will get for now. */
  readonly here: boolean;
  /** The last record that there is. */
  readonly last?: Numbered;
}

/**
 * Sends what comes after a number. Frames that are written meanwhile come by themselves, some of them perhaps before.
 * @param begin called with the last number that there is; false: nobody is there any more
 * @throws DataError `history_lost` when not all that comes after it is there any more
 */
export async function replay(
  subscription: Subscription,
  after: number,
  ports: TalkPorts,
  begin: (head: number) => Promise<boolean>,
): Promise<CaughtUp> {
  const { connectionId, operationId, tenant, topic } = subscription;
  const { clock, connections, log } = ports;
  const started = clock.now();
  const tail = (await log.tail(tenant, topic, 1)).flatMap(numbered).at(-1);
  const head = tail?.seq ?? 0;
  const isOver = head === 0 && topic.startsWith('run:');
  const [oldest] = head > after ? await log.read(tenant, topic, after, 1) : [];
  if ((after > head && !isOver) || (oldest && oldest.first > after + 1)) {
    await connections.unfollow(connectionId, operationId);
    throw new DataError('history_lost', `what came after ${after} is not kept any more: start with "after": 0`, {
      head,
    });
  }
  if (!(await begin(head))) return { here: false };
  let position = after;
  let last = tail;
  for (let rows = oldest ? [oldest] : []; rows.length > 0; rows = await log.read(tenant, topic, position, ROWS)) {
    for (const one of rows.flatMap(numbered)) {
      if (one.seq <= position) continue;
      if (clock.now() - started > LONGEST_MS) return { here: false };
      if (!(await sendFrame(connectionId, frameFor(operationId, one), ports))) return { here: false };
      position = one.seq;
      last = one;
    }
  }
  if (last && isEnd(last.record)) {
    await connections.unfollow(connectionId, operationId);
    return { here: false };
  }
  return { here: true, ...(last && { last }) };
}
