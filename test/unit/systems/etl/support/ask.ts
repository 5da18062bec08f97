import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase, type Row } from '../../../../../lambdas/duckdb/database.ts';
import { literal } from '../../../../../lambdas/duckdb/sql.ts';

/** A database of its own in a temporary folder, for the time of `work`. */
export async function withDatabase<T>(work: (db: Database) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-ask-'));
  const db = await openDatabase(folder, 128, new AbortController().signal);
  try {
    return await work(db);
  } finally {
    db.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Rows of a query over Parquet objects in a test bed's folder, each named `{key}` in the SQL. */
export async function ask(root: string, sql: string): Promise<Row[]> {
  const folder = root;
  const db = await openDatabase(folder, 128, new AbortController().signal);
  try {
    return await db.rows(sql.replaceAll(/\{([^}]+)\}/g, (_, key) => `read_parquet(${literal(join(root, key))})`));
  } finally {
    db.close();
  }
}
