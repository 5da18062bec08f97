import { causesOf } from '../../lambdas/views/parked-causes.ts';
import { withSession } from '../cloud/session.ts';
import { causesTable, messagesTable } from '../views/parked-causes.ts';
import { nextText } from '../views/text.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';
import { causeCalled, PARKED_LIMIT } from './stopped-by.ts';

export interface ParkedOptions extends JsonOption {
  readonly cause?: string;
}

/** `muster parked`: messages that were given up on, by cause; with `--cause`, one by one. */
export function parked({ cause, json }: ParkedOptions, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const now = Date.now();
    if (cause !== undefined) {
      const { messages, fingerprint } = causeCalled(causesOf(await session.parkingLot.list(PARKED_LIMIT)), cause);
      if (json) return printJson(messages);
      print(messagesTable(messages, now));
      return print(`\n${nextText([`muster parked redrive --cause ${fingerprint}`])}`);
    }
    const messages = await session.parkingLot.list(PARKED_LIMIT);
    if (json) return printJson(messages);
    if (messages.length === 0) return print('nothing is parked');
    const causes = causesOf(messages);
    print(causesTable(causes, now));
    const next = causes
      .slice(0, 1)
      .flatMap(({ fingerprint: first }) => [
        `muster parked --cause ${first}`,
        `muster parked redrive --cause ${first}`,
      ]);
    print(`\n${nextText(next)}`);
  });
}
