import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type BackedUp, type Header, readBackup, writeBackup } from '../../../bin/backup/backup-file.ts';
import { encodeEntry } from '../../../lambdas/adapters/items/journal-items.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-backup-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const header: Header = { muster_backup: 1, stage: 'test', at: '2026-01-01T00:00:00.000Z' };
const long = { type: 'run_cancelled', reason: 'naïve ☂ '.repeat(200), by: 'ann' } as const;
const items: BackedUp[] = [
  // Its events are deflated: bytes, not text.
  { table: 'state', item: encodeEntry('run_1', { seq: 1, turnId: 't', at: 5, confirmed: 0, events: [long] }) },
  { table: 'claims', item: { pk: { S: 'run_1/pay' }, attempt: { N: '1' }, done: { BOOL: true } } },
];

async function* all(): AsyncGenerator<BackedUp> {
  yield* items;
}

async function contentsOf(path: string): Promise<Array<Header | BackedUp>> {
  const found: Array<Header | BackedUp> = [];
  for await (const line of readBackup(path)) found.push(line);
  return found;
}

describe('A backup file', () => {
  test('gives back every item as it was, bytes included', async () => {
    const path = join(folder, 'whole.gz');
    expect(await writeBackup(path, header, all())).toBe(2);
    const [first, ...read] = await contentsOf(path);
    expect(first).toEqual(header);
    const bytes = (one: unknown): string =>
      JSON.stringify(one, (_, value) => (value instanceof Uint8Array ? [...value] : value));
    expect(bytes(read)).toBe(bytes(items.map(({ table, item }) => ({ table, item: plain(item) }))));
  });

  test('is refused when it was cut off, is damaged, or is something else', async () => {
    const path = join(folder, 'good.gz');
    await writeBackup(path, header, all());
    const lines = gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n');
    const bad = (name: string, content: string | Buffer): string => {
      const file = join(folder, name);
      writeFileSync(file, content);
      return file;
    };
    await expect(contentsOf(bad('cut.gz', gzipSync(lines.slice(0, -1).join('\n'))))).rejects.toThrow('cut off after 2');
    await expect(contentsOf(bad('lost.gz', gzipSync([lines[0], lines[2], lines[3]].join('\n'))))).rejects.toThrow(
      'cut off',
    );
    await expect(contentsOf(bad('torn.gz', readFileSync(path).subarray(0, 60)))).rejects.toThrow('is no backup');
    await expect(contentsOf(bad('text', 'hello'))).rejects.toThrow('is no backup');
    await expect(contentsOf(bad('other.gz', gzipSync('{"a":1}\n')))).rejects.toThrow('is no backup');
    await expect(contentsOf(join(folder, 'missing.gz'))).rejects.toThrow('is no backup');
  });
});

/** Buffers as plain bytes. */
function plain(item: BackedUp['item']): BackedUp['item'] {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, value.B ? { B: new Uint8Array(value.B) } : value]),
  ) as BackedUp['item'];
}
