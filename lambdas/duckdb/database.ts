import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join, sep } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { NonRecoverableError } from '../contracts/errors.ts';
import { literal } from './sql.ts';

/** A value as DuckDB's JSON conversion gives it: big integers, decimals and times are text. */
export type Row = Readonly<Record<string, unknown>>;
export type Bound = string | number | boolean | null;
/** A row number and texts, as the tables of extracted rows have them. */
export type TextRow = readonly [number, ...Array<string | null>];

/** An analytical database that reads and writes one folder and nothing else. */
export interface Database {
  run(sql: string, values?: readonly Bound[]): Promise<void>;
  rows(sql: string, values?: readonly Bound[]): Promise<Row[]>;
  /** The first column of the first row, as a number; 0 for none. */
  count(sql: string, values?: readonly Bound[]): Promise<number>;
  /** Rows of text columns, a few thousand at a time. */
  chunks(sql: string): AsyncIterable<Array<Array<string | null>>>;
  /** Appends to a table of one BIGINT and then text columns. */
  append(table: string, rows: readonly TextRow[]): Promise<void>;
  columns(table: string): Promise<Array<{ name: string; type: string }>>;
  close(): void;
}

const CHUNK_ROWS = 2_048;

/** The native library is 70 MB and comes in a Lambda layer; `require` honours NODE_PATH, which `import` does not. */
function loadDuckdb(): typeof import('@duckdb/node-api') {
  try {
    return createRequire(import.meta.url)('@duckdb/node-api');
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new NonRecoverableError('duckdb_missing', `DuckDB can't be loaded; does the agent have its layer? ${reason}`);
  }
}

/**
 * Opens DuckDB with no way out: no network, no extensions to fetch, no file outside `folder`, and settings that later
 * statements can't change. What does not fit in `memoryMb` spills into the folder. Work stops when `signal` aborts.
 * @param spillMb of what spills. Default: nine tenths of the disk
 */
export async function openDatabase(
  folder: string,
  memoryMb: number,
  signal: AbortSignal,
  spillMb?: number,
): Promise<Database> {
  const duckdb = loadDuckdb();
  const instance = await duckdb.DuckDBInstance.create(':memory:', {
    memory_limit: `${memoryMb}MB`,
    threads: String(Math.min(2, availableParallelism())),
    temp_directory: join(folder, 'spill'),
    ...(spillMb !== undefined && { max_temp_directory_size: `${spillMb}MB` }),
    home_directory: folder,
    extension_directory: join(folder, 'extensions'),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_persistent_secrets: 'false',
  });
  const connection = await instance.connect();
  await connection.run(`SET allowed_directories = [${literal(folder + sep)}]`);
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  const interrupt = () => connection.interrupt();
  signal.addEventListener('abort', interrupt, { once: true });

  const rows = async (sql: string, values: readonly Bound[] = []): Promise<Row[]> => {
    signal.throwIfAborted();
    try {
      return (await connection.runAndReadAll(sql, [...values])).getRowObjectsJson();
    } catch (thrown) {
      // An interrupted statement says only that it was interrupted.
      signal.throwIfAborted();
      throw thrown;
    }
  };
  return {
    rows,
    run: async (sql, values) => void (await rows(sql, values)),
    count: async (sql, values) => Number(Object.values((await rows(sql, values))[0] ?? {})[0] ?? 0),
    chunks: (sql) => textChunks(connection, sql, signal),
    append: (table, batch) => appendText(duckdb, connection, table, batch),
    columns: async (table) => {
      const sql = 'SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index';
      return (await rows(sql, [table])).map((row) => ({ name: String(row.column_name), type: String(row.data_type) }));
    },
    close: () => {
      signal.removeEventListener('abort', interrupt);
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** What is interrupted between two chunks ends like a stream that is over: only the signal tells the two apart. */
async function* textChunks(
  connection: DuckDBConnection,
  sql: string,
  signal: AbortSignal,
): AsyncIterable<Array<Array<string | null>>> {
  try {
    const result = await connection.stream(sql);
    for await (const rows of result.yieldRowsJson()) {
      yield rows.map((row) => row.map((value) => (value === null ? null : String(value))));
    }
  } finally {
    signal.throwIfAborted();
  }
}

async function appendText(
  duckdb: ReturnType<typeof loadDuckdb>,
  connection: DuckDBConnection,
  table: string,
  rows: readonly TextRow[],
): Promise<void> {
  const texts = (rows[0]?.length ?? 1) - 1;
  const appender = await connection.createAppender(table);
  const types = [duckdb.BIGINT, ...Array.from({ length: texts }, () => duckdb.VARCHAR)];
  for (let at = 0; at < rows.length; at += CHUNK_ROWS) {
    const chunk = duckdb.DuckDBDataChunk.create(types);
    chunk.setRows(rows.slice(at, at + CHUNK_ROWS).map(([first, ...rest]) => [BigInt(first), ...rest]));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}
