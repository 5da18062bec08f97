import { queryRows, withMart } from '../cloud/open-mart.ts';
import { withSession } from '../cloud/session.ts';
import { grouped, paint, table } from '../views/text.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

const SHOWN = 200;

export interface QueryOptions extends JsonOption {
  readonly mart: string;
}

/** `muster query SQL` */
export function query(sql: string, options: QueryOptions, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, (session) =>
    withMart(session, options.mart, async ({ db, current }) => {
      const rows = await queryRows(db, sql);
      if (options.json) return printJson(rows);
      const [first] = rows;
      if (!first) return print(paint.dim('no rows'));
      const head = Object.keys(first);
      const cell = (value: unknown) => (value === null || value === undefined ? '' : shown(value));
      print(
        table(
          head,
          rows.slice(0, SHOWN).map((row) => head.map((name) => cell(row[name]))),
        ),
      );
      const more = rows.length > SHOWN ? `, the first ${SHOWN} shown` : '';
      print(
        paint.dim(
          `${grouped(rows.length)} rows${more} · mart loaded ${current.loaded_at} by ${current.run_id.slice(0, 12)}`,
        ),
      );
    }),
  );
}

function shown(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
