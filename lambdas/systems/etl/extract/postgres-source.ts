import Cursor from 'pg-cursor';
import type { TextRow } from '../../../duckdb/database.ts';
import { qualified } from '../../../duckdb/sql.ts';
import { type DatabaseUrl, openPostgres, type PostgresSession } from '../postgres-session.ts';
import type { SourceOf } from '../sources.ts';
import type { SourceBatch } from './row-sink.ts';
import { postgresError } from './source-errors.ts';

const BATCH_ROWS = 4_096;
/** Values stay the text that PostgreSQL wrote: types are the transformer's business. */
const asText = { getTypeParser: () => (value: string) => value };
const TEXT_STYLE = "SET LOCAL DateStyle = 'ISO'; SET LOCAL TimeZone = 'UTC'; SET LOCAL IntervalStyle = 'iso_8601'";

/**
 * Reads a table or a query through a cursor in one read-only snapshot. The next batch is asked for when this one is
 * taken; what is not taken yet stays in the database.
 * @throws SystemError `source_unreachable` as soon as the connection is lost, DataError `source_query_failed`, …
 */
export async function* postgresBatches(
  name: string,
  source: SourceOf<'postgres'>,
  url: DatabaseUrl,
  signal: AbortSignal,
): AsyncGenerator<SourceBatch> {
  const relation = source.table === undefined ? `(${source.query}\n) AS q` : qualified(source.table);
  let session: PostgresSession | undefined;
  let row = 0;
  try {
    session = await openPostgres(url, name, signal);
    const { client, guard } = session;
    await guard(client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'));
    await guard(client.query(TEXT_STYLE));
    const columns = (await guard(client.query(`SELECT * FROM ${relation} LIMIT 0`))).fields.map((field) => field.name);
    const total = source.table === undefined ? 0 : await estimate(session, source.table);
    yield { columns, rows: [], rejects: [] };
    const config = { rowMode: 'array' as const, types: asText };
    const cursor = client.query(new Cursor<Array<string | null>>(`SELECT * FROM ${relation}`, [], config));
    for (;;) {
      const batch = await guard(cursor.read(BATCH_ROWS));
      if (batch.length === 0) break;
      const rows = batch.map((values): TextRow => [++row, ...values]);
      yield { columns, rows, rejects: [], ...(total > 0 && { fraction: Math.min(0.99, row / total) }) };
    }
    await guard(client.query('COMMIT'));
  } catch (thrown) {
    signal.throwIfAborted();
    throw postgresError(thrown, 'source', { source: name, row });
  } finally {
    await session?.close();
  }
}

/** The planner's guess of a table's size, for progress only. */
async function estimate({ client, guard }: PostgresSession, table: string): Promise<number> {
  const sql = 'SELECT greatest(reltuples, 0)::float8 AS rows FROM pg_class WHERE oid = to_regclass($1)';
  const result = await guard(client.query<{ rows: number }>(sql, [qualified(table)]));
  return result.rows[0]?.rows ?? 0;
}
