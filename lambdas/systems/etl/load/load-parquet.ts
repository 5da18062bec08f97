import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import * as z from 'zod';
import { MusterError } from '../../../contracts/errors.ts';
import type { ObjectStore } from '../../../runtime/ports.ts';
import type { LoadResult, ValidateResult } from '../task-shapes.ts';

/** `<prefix>/current.json`: which run's files are the mart. Readers look here first. */
export const CurrentMart = z.object({
  run_id: z.string(),
  planned_at: z.number(),
  loaded_at: z.string(),
  tables: z.record(z.string(), z.object({ key: z.string(), rows: z.number() })),
});
export type CurrentMart = z.infer<typeof CurrentMart>;

export interface ParquetLoad {
  readonly runId: string;
  readonly prefix: string;
  readonly plannedAt: number;
  readonly now: number;
}

/**
 * Copies the checked tables under `<prefix>/runs/<run>/` and then points `current.json` at them, so that readers see the
 * old mart or the new one and never a mixture. Loading the same run twice ends the same way; a run that was planned
 * before the current one does not take its place.
 */
export async function loadParquet(
  bucket: ObjectStore,
  load: ParquetLoad,
  checked: ValidateResult,
): Promise<z.input<typeof LoadResult>> {
  const tables = checked.tables.map(({ table, key, rows }) => ({
    table,
    rows,
    from: key,
    key: `${load.prefix}/runs/${load.runId}/${table}.parquet`,
  }));
  const folder = await mkdtemp(join(tmpdir(), 'muster-load-'));
  try {
    const file = join(folder, 'table.parquet');
    for (const { from, key } of tables) {
      await bucket.readToFile(from, file);
      await bucket.writeFile(key, file, 'application/vnd.apache.parquet');
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const pointer = `${load.prefix}/current.json`;
  const before = await readCurrent(bucket, pointer);
  const current = before === undefined || before.run_id === load.runId || before.planned_at <= load.plannedAt;
  if (current) {
    const mart: CurrentMart = {
      run_id: load.runId,
      planned_at: load.plannedAt,
      loaded_at: new Date(load.now).toISOString(),
      tables: Object.fromEntries(tables.map(({ table, key, rows }) => [table, { key, rows }])),
    };
    await bucket.write(pointer, JSON.stringify(mart, null, 2), 'application/json');
  }
  return {
    task: 'load',
    to: 'parquet',
    where: load.prefix,
    tables: tables.map(({ table, rows, key }) => ({ table, rows, key })),
    current,
  };
}

/** The mart's pointer, or undefined where there is none yet or something else lies in its place. */
export async function readCurrent(bucket: ObjectStore, key: string): Promise<CurrentMart | undefined> {
  let stream: Readable;
  try {
    stream = await bucket.read(key);
  } catch (thrown) {
    if (thrown instanceof MusterError && thrown.code === 'object_missing') return undefined;
    throw thrown;
  }
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(Buffer.from(part));
  const parsed = CurrentMart.safeParse(parseOrNull(Buffer.concat(parts).toString('utf8')));
  return parsed.data;
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
