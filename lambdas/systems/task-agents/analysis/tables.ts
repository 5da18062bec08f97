import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as z from 'zod';
import { DataError } from '../../../contracts/errors.ts';
import { type Database, openDatabase } from '../../../duckdb/database.ts';
import { identifier, literal } from '../../../duckdb/sql.ts';
import type { AgentContext } from '../../../runtime/agent.ts';
import { bytesOf, filesOf, LARGEST_FILE } from '../files.ts';
import type { TableSource } from './shapes.ts';

/** DuckDB's share of the agent's 512 MB, and of the 512 MB of its disk, where the files lie as well. */
const MEMORY_MB = 192;
const SPILL_MB = 256;

type Reader = (file: string) => string;
const PARQUET: Reader = (file) => `read_parquet(${literal(file)})`;
const JSON_FILE: Reader = (file) => `read_json_auto(${literal(file)})`;
const CSV: Reader = (file) => `read_csv(${literal(file)}, sample_size = 50000, ignore_errors = false)`;
/** By the end of a file's name. */
const READERS: ReadonlyArray<readonly [RegExp, Reader]> = [
  [/\.parquet$/i, PARQUET],
  [/\.(json|ndjson|jsonl)$/i, JSON_FILE],
  [/\.(csv|tsv|txt)(\.gz)?$/i, CSV],
];

/**
 * Gives `work` a database that holds these tables and can reach nothing else; every trace goes afterwards.
 * @throws DataError `object_missing`, `input_too_large`, `table_not_readable`
 */
export async function withTables<T>(
  sources: readonly z.infer<typeof TableSource>[],
  ctx: Pick<AgentContext, 'bucket' | 'tenant' | 'signal'>,
  work: (db: Database) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-tables-'));
  let db: Database | undefined;
  try {
    db = await openDatabase(folder, MEMORY_MB, ctx.signal, SPILL_MB);
    let room = LARGEST_FILE;
    for (const [at, source] of sources.entries()) room -= await load(db, folder, at, source, room, ctx);
    return await work(db);
  } finally {
    db?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param room bytes that there is room for @returns those of the file */
async function load(
  db: Database,
  folder: string,
  at: number,
  { name, file, rows }: z.infer<typeof TableSource>,
  room: number,
  ctx: Pick<AgentContext, 'bucket' | 'tenant'>,
): Promise<number> {
  const known = file ?? 'rows.json';
  const refuse = (why: string) => new DataError('table_not_readable', `${known} ${why}`.slice(0, 500), { table: name });
  const named = READERS.find(([ends]) => ends.test(known))?.[1];
  if (!named) throw refuse('is no CSV, JSON or Parquet by its name');
  const path = join(folder, `table-${at}${known.slice(known.lastIndexOf('/') + 1).replaceAll(/^[^.]*/g, '')}`);
  if (file === undefined) await writeFile(path, JSON.stringify(rows));
  else await writeFile(path, bytesOf(filesOf(ctx), file, room));
  const { head, bytes } = await beginningOf(path);
  const reader = readerFor(head, named);
  if (!reader) throw refuse('is neither a table nor a text');
  try {
    await db.run(`CREATE TABLE ${identifier(name)} AS SELECT * FROM ${reader(path)}`);
  } catch (error) {
    const why = error instanceof Error ? (error.message.replaceAll(folder, '').split('\n')[0] ?? '') : String(error);
    throw refuse(`can't be read as a table: ${why}`);
  }
  return bytes;
}

/** By what it is, where that can be told; else by its name. undefined: by nothing. */
function readerFor(head: Buffer, named: Reader): Reader | undefined {
  if (head.toString('latin1', 0, 4) === 'PAR1') return PARQUET;
  if (named !== CSV || (head[0] === 0x1f && head[1] === 0x8b)) return named;
  if (head.includes(0)) return undefined;
  return /^(\ufeff)?\s*(\{\s*"|\[\s*[[{])/.test(head.toString('utf8')) ? JSON_FILE : CSV;
}

async function beginningOf(path: string): Promise<{ readonly head: Buffer; readonly bytes: number }> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4_096), 0, 4_096, 0);
    return { head: buffer.subarray(0, bytesRead), bytes: (await file.stat()).size };
  } finally {
    await file.close();
  }
}
