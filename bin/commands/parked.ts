import { withSession } from '../cloud/session.ts';
import { table, timeOf } from '../views/text.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

const LIMIT = 100;

/** `muster parked`: messages that were given up on, newest first. */
export function parked(options: JsonOption, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const messages = await session.parkingLot.list(LIMIT);
    if (options.json) return printJson(messages);
    if (messages.length === 0) return print('nothing is parked');
    const now = Date.now();
    const rows = messages.map((message) => [
      timeOf(message.at, now),
      message.queue,
      message.messageType,
      message.runId?.slice(0, 12) ?? '',
      message.taskId ?? '',
      message.reason.slice(0, 100),
    ]);
    print(table(['parked', 'queue', 'message', 'run', 'task', 'reason'], rows));
  });
}
