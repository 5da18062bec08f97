import * as z from 'zod';
import { DataError } from '../../../contracts/errors.ts';
import { JsonObject } from '../../../contracts/json.ts';
import type { Database } from '../../../duckdb/database.ts';
import { identifier, literal } from '../../../duckdb/sql.ts';
import type { Analysis } from './shapes.ts';

/** Rows that come back; the rest is said to be there. */
const MOST_ROWS = 200;
/** No table of the sender's is called so. */
const ANSWER = identifier('the answer');
/** Of all cells that come back. */
const MOST_CHARACTERS = 500_000;

const Tree = z.object({
  error: z.boolean(),
  error_message: z.string().optional(),
  statements: z.array(z.unknown()).optional(),
});

/**
 * Runs one SELECT that somebody else wrote. DuckDB's own parser says whether it is one; the database it runs in holds the
 * tables and has no way to anything else. How much would come back is counted there, before it does.
 * @throws DataError `query_refused`, `query_failed`
 */
export async function runQuery(db: Database, given: string): Promise<NonNullable<Analysis['query']>> {
  const sql = given.trim().replace(/;\s*$/, '');
  const [row] = await db.rows(`SELECT json_serialize_sql(${literal(sql)})::VARCHAR AS tree`);
  const tree = Tree.parse(JSON.parse(String(row?.tree)));
  if (tree.error || tree.statements?.length !== 1)
    throw new DataError(
      'query_refused',
      `one SELECT is taken, and nothing else: ${tree.error_message ?? 'there are several'}`,
    );
  try {
    await db.run(`CREATE TEMP TABLE ${ANSWER} AS SELECT * FROM (\n${sql}\n) LIMIT ${MOST_ROWS + 1}`);
    const characters = await db.count(`SELECT coalesce(sum(strlen(${ANSWER}::VARCHAR)), 0) FROM ${ANSWER}`);
    if (characters > MOST_CHARACTERS)
      throw new DataError(
        'query_refused',
        `its rows have ${characters} characters, at most ${MOST_CHARACTERS} are answered: ask for less of them`,
      );
    const found = await db.rows(`SELECT * FROM ${ANSWER}`);
    const rows = found.slice(0, MOST_ROWS).map((one) => JsonObject.parse(one));
    return { sql, columns: Object.keys(rows[0] ?? {}), rows, cut: found.length > MOST_ROWS };
  } catch (error) {
    if (error instanceof DataError) throw error;
    const why = error instanceof Error ? error.message.slice(0, 500) : String(error);
    throw new DataError('query_failed', `the query can't be run: ${why}`);
  }
}
