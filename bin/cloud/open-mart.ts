import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { s3ObjectStore } from '../../lambdas/adapters/aws/s3-object-store.ts';
import { type Database, openDatabase, type Row } from '../../lambdas/duckdb/database.ts';
import { identifier, literal } from '../../lambdas/duckdb/sql.ts';
import { type CurrentMart, readCurrent } from '../../lambdas/systems/etl/load/load-parquet.ts';
import { CliError } from '../cli-error.ts';
import type { Session } from './session.ts';
import { outputOf } from './target.ts';

const MEMORY_MB = 1_024;
const NUMBERS = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|U[A-Z]+INT|UINTEGER|DECIMAL.*|FLOAT|DOUBLE)$/;

/** A mart's tables, as views over its Parquet files. */
export interface Mart {
  readonly current: CurrentMart;
  readonly db: Database;
}

/**
 * Downloads the tables that the mart's `current.json` names and opens them in DuckDB, which can reach nothing else.
 * @throws CliError when there is no mart at this prefix
 */
export async function withMart<T>(session: Session, prefix: string, work: (mart: Mart) => Promise<T>): Promise<T> {
  const store = s3ObjectStore(session.aws.s3, outputOf(session.target, 'EtlDataBucketName'));
  const current = await readCurrent(store, `${prefix}/current.json`);
  if (!current)
    throw new CliError(`there is no mart at "${prefix}" yet`, 'load it with: npx muster run etl.flight-mart --wait');
  const folder = mkdtempSync(join(tmpdir(), 'muster-mart-'));
  const db = await openDatabase(folder, MEMORY_MB, new AbortController().signal);
  try {
    for (const [table, { key }] of Object.entries(current.tables)) {
      const file = join(folder, `${table}.parquet`);
      await store.readToFile(key, file);
      await db.run(`CREATE VIEW ${identifier(table)} AS SELECT * FROM read_parquet(${literal(file)})`);
    }
    return await work({ current, db });
  } finally {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The rows of a statement; numbers that DuckDB hands out as text, because they could be large, are numbers again. */
export async function queryRows(db: Database, sql: string): Promise<Row[]> {
  let rows: Row[];
  try {
    rows = await db.rows(sql);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new CliError(message, '"show tables" lists the tables, "describe fact_flights" the columns of one', {
      cause: error,
    });
  }
  const numeric = await numericColumns(db, sql);
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, numeric.has(name) ? asNumber(value) : value])),
  );
}

async function numericColumns(db: Database, sql: string): Promise<ReadonlySet<string>> {
  try {
    const columns = await db.rows(`DESCRIBE ${sql.replace(/;\s*$/, '')}`);
    return new Set(columns.flatMap((row) => (NUMBERS.test(String(row.column_type)) ? [String(row.column_name)] : [])));
  } catch {
    return new Set();
  }
}

function asNumber(value: unknown): unknown {
  const number = typeof value === 'string' ? Number(value) : Number.NaN;
  return Number.isSafeInteger(number) || (Number.isFinite(number) && String(value).includes('.')) ? number : value;
}
