import type { QueryResult } from 'pg';
import { DataError } from '../../../contracts/errors.ts';
import { identifier } from '../../../duckdb/sql.ts';

type Query = (sql: string, values?: unknown[]) => Promise<QueryResult>;

export interface Swap {
  readonly runId: string;
  readonly schema: string;
  readonly staging: string;
  readonly plannedAt: number;
  readonly tables: ReadonlyArray<{ readonly table: string; readonly rows: number }>;
}

/**
 * Moves the staged tables into the schema in place of those of the last load, inside the caller's transaction. Who could
 * read a table before can read it afterwards. Tables that Muster did not load are never replaced.
 * @returns false when a run that was planned later had been loaded already; then nothing is replaced
 * @throws DataError `target_not_ours`
 */
export async function swapIn(query: Query, swap: Swap): Promise<boolean> {
  const schema = identifier(swap.schema);
  const staging = identifier(swap.staging);
  await query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
  await query(`CREATE TABLE IF NOT EXISTS ${schema}.muster_loads (
    table_name text PRIMARY KEY, run_id text NOT NULL, planned_at bigint NOT NULL, rows bigint NOT NULL, loaded_at timestamptz NOT NULL DEFAULT now())`);
  const later = `SELECT 1 FROM ${schema}.muster_loads WHERE planned_at > $1 AND run_id <> $2 LIMIT 1`;
  if ((await query(later, [swap.plannedAt, swap.runId])).rows.length > 0) {
    await query(`DROP SCHEMA ${staging} CASCADE`);
    return false;
  }
  await refuseForeign(query, swap);
  for (const { table, rows } of swap.tables) {
    const target = `${schema}.${identifier(table)}`;
    const readers = await query(
      `SELECT DISTINCT grantee FROM information_schema.role_table_grants
       WHERE table_schema = $1 AND table_name = $2 AND privilege_type = 'SELECT' AND grantee <> current_user`,
      [swap.schema, table],
    );
    await query(`DROP TABLE IF EXISTS ${target}`);
    await query(`ALTER TABLE ${staging}.${identifier(table)} SET SCHEMA ${schema}`);
    for (const { grantee } of readers.rows) {
      const reader = String(grantee);
      await query(`GRANT SELECT ON ${target} TO ${reader === 'PUBLIC' ? 'PUBLIC' : identifier(reader)}`);
    }
    await query(
      `INSERT INTO ${schema}.muster_loads (table_name, run_id, planned_at, rows) VALUES ($1, $2, $3, $4)
       ON CONFLICT (table_name) DO UPDATE SET run_id = $2, planned_at = $3, rows = $4, loaded_at = now()`,
      [table, swap.runId, swap.plannedAt, rows],
    );
  }
  await query(`DROP SCHEMA ${staging}`);
  return true;
}

async function refuseForeign(query: Query, { schema, tables }: Swap): Promise<void> {
  const names = tables.map(({ table }) => table);
  const foreign = await query(
    `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = ANY($2) AND c.relname NOT IN (SELECT table_name FROM ${identifier(schema)}.muster_loads)`,
    [schema, names],
  );
  if (foreign.rows.length === 0) return;
  const list = foreign.rows.map((row) => String(row.relname)).join(', ');
  throw new DataError(
    'target_not_ours',
    `schema "${schema}" holds tables that Muster did not load: ${list}; name another schema, or move them away`,
    { schema, tables: names },
  );
}
