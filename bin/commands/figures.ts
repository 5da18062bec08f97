import { readFigures } from '../cloud/read-figures.ts';
import { withSession } from '../cloud/session.ts';
import { figuresTable } from '../views/figures-table.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

/** `muster figures` */
export function figures(options: JsonOption, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const read = await readFigures(session);
    if (options.json) printJson(read);
    else print(figuresTable(read));
  });
}
