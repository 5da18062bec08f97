import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../../duckdb/database.ts';
import { identifier, literal } from '../../../duckdb/sql.ts';
import type { AgentContext } from '../../../runtime/agent.ts';
import type { ObjectStore } from '../../../runtime/ports.ts';
import { dataBucket } from '../run-files.ts';

/** DuckDB's share of an agent's 512 MB; Node, the driver's buffers and the library itself need the rest. */
const DUCKDB_MEMORY_MB = 192;

/** A fresh folder with a database of its own, and the data bucket to fill it from. */
export interface Workspace {
  readonly db: Database;
  readonly bucket: ObjectStore;
  /** Makes a Parquet object readable as a view of this name. */
  open(view: string, key: string): Promise<void>;
  /** Writes what `select` yields as one Parquet object; answers its size in bytes. */
  save(select: string, key: string): Promise<number>;
  /** Writes what `select` yields as one CSV object with a header line. */
  saveCsv(select: string, key: string): Promise<void>;
}

/** Gives `work` a workspace and removes every trace of it afterwards, however the work ends. */
export async function withWorkspace<T>(
  ctx: Pick<AgentContext, 'bucket' | 'tenant' | 'signal'>,
  work: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-etl-'));
  let db: Database | undefined;
  try {
    db = await openDatabase(folder, DUCKDB_MEMORY_MB, ctx.signal);
    return await work(workspaceIn(folder, db, dataBucket(ctx)));
  } finally {
    db?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function workspaceIn(folder: string, db: Database, bucket: ObjectStore): Workspace {
  let files = 0;
  const nextFile = () => join(folder, `file-${++files}`);
  const saveAs = async (select: string, key: string, format: string, contentType: string): Promise<number> => {
    const file = nextFile();
    await db.run(`COPY (${select}) TO ${literal(file)} (${format})`);
    const { size } = await stat(file);
    await bucket.writeFile(key, file, contentType);
    await rm(file);
    return size;
  };
  return {
    db,
    bucket,
    open: async (view, key) => {
      const file = nextFile();
      await bucket.readToFile(key, file);
      await db.run(`CREATE OR REPLACE VIEW ${identifier(view)} AS SELECT * FROM read_parquet(${literal(file)})`);
    },
    save: (select, key) => saveAs(select, key, 'FORMAT parquet, COMPRESSION zstd', 'application/vnd.apache.parquet'),
    saveCsv: async (select, key) => void (await saveAs(select, key, 'FORMAT csv, HEADER true', 'text/csv')),
  };
}
