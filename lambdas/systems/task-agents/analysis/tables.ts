import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as z from 'zod';
import { DataError } from '../../../contracts/errors.ts';
import { type Database, openDatabase } from '../../../duckdb/database.ts';
import { identifier, literal } from '../../../duckdb/sql.ts';
import type { AgentContext } from '../../../runtime/agent.ts';
import { filesOf } from '../files.ts';
import type { TableSource } from './shapes.ts';

/** DuckDB's share of the agent's 512 MB. */
const MEMORY_MB = 192;

/** By the end of a file's name. */
const READERS: ReadonlyArray<readonly [RegExp, (file: string) => string]> = [
  [/\.parquet$/i, (file) => `read_parquet(${literal(file)})`],
  [/\.(json|ndjson|jsonl)$/i, (file) => `read_json_auto(${literal(file)})`],
  [/\.(csv|tsv|txt)(\.gz)?$/i, (file) => `read_csv(${literal(file)}, sample_size = 50000, ignore_errors = false)`],
];

/**
 * Gives `work` a database that holds these tables and can reach nothing else; every trace goes afterwards.
 * @throws DataError `object_missing`, `table_not_readable`
 */
export async function withTables<T>(
  sources: readonly z.infer<typeof TableSource>[],
  ctx: Pick<AgentContext, 'bucket' | 'tenant' | 'signal'>,
  work: (db: Database) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-tables-'));
  let db: Database | undefined;
  try {
    db = await openDatabase(folder, MEMORY_MB, ctx.signal);
    for (const [at, source] of sources.entries()) await load(db, folder, at, source, ctx);
    return await work(db);
  } finally {
    db?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function load(
  db: Database,
  folder: string,
  at: number,
  { name, file, rows }: z.infer<typeof TableSource>,
  ctx: Pick<AgentContext, 'bucket' | 'tenant'>,
): Promise<void> {
  const known = file ?? 'rows.json';
  const reader = READERS.find(([ends]) => ends.test(known))?.[1];
  if (!reader)
    throw new DataError('table_not_readable', `${known} is no CSV, JSON or Parquet by its name`, { table: name });
  const path = join(folder, `table-${at}${known.slice(known.lastIndexOf('/') + 1).replaceAll(/^[^.]*/g, '')}`);
  if (file === undefined) await writeFile(path, JSON.stringify(rows));
  else await filesOf(ctx).readToFile(file, path);
  try {
    await db.run(`CREATE TABLE ${identifier(name)} AS SELECT * FROM ${reader(path)}`);
  } catch (error) {
    const why = error instanceof Error ? (error.message.replaceAll(folder, '').split('\n')[0] ?? '') : String(error);
    throw new DataError('table_not_readable', `${known} can't be read as a table: ${why}`.slice(0, 500), {
      table: name,
    });
  }
}
