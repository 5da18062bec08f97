import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openDatabase } from '../../../../lambdas/duckdb/database.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-duckdb-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Reads all rows, and lets time be over when so many have come. */
async function readUntil(sql: string, rows: number): Promise<number> {
  const time = new AbortController();
  const db = await openDatabase(folder, 64, time.signal);
  let read = 0;
  try {
    for await (const chunk of db.chunks(sql)) {
      read += chunk.length;
      if (read >= rows) time.abort(new Error('time is over'));
    }
    return read;
  } finally {
    db.close();
  }
}

test('rows come in chunks, all of them', async () => {
  expect(await readUntil('FROM range(10_000)', Number.POSITIVE_INFINITY)).toBe(10_000);
});

test('what is interrupted in the middle fails for the reason of it, and does not look as if it had come to its end', async () => {
  await expect(readUntil('FROM range(10_000_000)', 4_000)).rejects.toThrow('time is over');
});
