import type * as z from 'zod';
import { DataError } from '../../../contracts/errors.ts';
import { identifier } from '../../../duckdb/sql.ts';
import type { Workspace } from '../duckdb/workspace.ts';
import { postgresError } from '../extract/source-errors.ts';
import { type DatabaseUrl, openPostgres, type PostgresSession } from '../postgres-session.ts';
import type { LoadResult, ValidateResult } from '../task-shapes.ts';
import { swapIn } from './swap-schema.ts';

/** PostgreSQL's name of the types that marts use; anything else arrives as text. */
const TYPES: Readonly<Record<string, string>> = {
  BOOLEAN: 'boolean',
  TINYINT: 'smallint',
  SMALLINT: 'smallint',
  INTEGER: 'integer',
  BIGINT: 'bigint',
  HUGEINT: 'numeric',
  FLOAT: 'real',
  DOUBLE: 'double precision',
  DATE: 'date',
  TIMESTAMP: 'timestamp',
};
const typeOf = (duckdb: string) =>
  TYPES[duckdb] ?? (duckdb.startsWith('DECIMAL') ? duckdb.toLowerCase().replace('decimal', 'numeric') : 'text');

export interface PostgresLoad {
  readonly runId: string;
  readonly schema: string;
  readonly plannedAt: number;
  readonly keys: Readonly<Record<string, readonly string[]>>;
  readonly url: DatabaseUrl;
  readonly signal: AbortSignal;
}

/**
 * Loads the checked tables in one transaction: filled in a staging schema, then swapped into place. Readers see the old
 * mart until the commit; a load that fails leaves no trace. Loading the same run twice ends the same way.
 * @throws SystemError `target_unreachable`, DataError `target_not_ours` | `target_query_failed`
 */
export async function loadPostgres(
  workspace: Workspace,
  load: PostgresLoad,
  checked: ValidateResult,
  progress: (fraction: number, step: string) => void,
): Promise<z.input<typeof LoadResult>> {
  let session: PostgresSession | undefined;
  let row = 0;
  try {
    session = await openPostgres(load.url, load.schema, load.signal);
    const { client, guard } = session;
    const query = (sql: string, values: unknown[] = []) => guard(client.query(sql, values));
    await query('BEGIN');
    await query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`muster mart ${load.schema}`]);
    const staging = `${load.schema.slice(0, 20)}_staging_${load.runId.slice(4, 16)}`;
    await query(`CREATE SCHEMA ${identifier(staging)}`);
    for (const [index, { table, key }] of checked.tables.entries()) {
      progress(index / checked.tables.length, `loading ${table}`);
      await workspace.open(table, key);
      const columns = (await workspace.db.rows(`DESCRIBE ${identifier(table)}`)).map((column) => ({
        name: String(column.column_name),
        type: typeOf(String(column.column_type)),
      }));
      const target = `${identifier(staging)}.${identifier(table)}`;
      await query(
        `CREATE TABLE ${target} (${columns.map(({ name, type }) => `${identifier(name)} ${type}`).join(', ')})`,
      );
      const insert = `INSERT INTO ${target} SELECT ${columns.map(({ type }, at) => `c${at}::${type}`).join(', ')}
        FROM unnest(${columns.map((_, at) => `$${at + 1}::text[]`).join(', ')}) AS u(${columns.map((_, at) => `c${at}`).join(', ')})`;
      const texts = columns.map(({ name }) => `${identifier(name)}::VARCHAR`).join(', ');
      for await (const rows of workspace.db.chunks(`SELECT ${texts} FROM ${identifier(table)}`)) {
        await query(
          insert,
          columns.map((_, at) => rows.map((values) => values[at] ?? null)),
        );
        row += rows.length;
      }
      const primary = load.keys[table] ?? [];
      if (primary.length > 0)
        await query(`ALTER TABLE ${target} ADD PRIMARY KEY (${primary.map(identifier).join(', ')})`);
    }
    const current = await swapIn(query, { ...load, staging, tables: checked.tables });
    await query('COMMIT');
    const tables = checked.tables.map(({ table, rows }) => ({ table, rows }));
    return { task: 'load', to: 'postgres', where: load.schema, tables, current };
  } catch (thrown) {
    load.signal.throwIfAborted();
    throw thrown instanceof DataError ? thrown : postgresError(thrown, 'target', { source: load.schema, row });
  } finally {
    await session?.close();
  }
}
