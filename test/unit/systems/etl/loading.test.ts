import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { virtualClock } from '../../../../lambdas/adapters/memory/virtual-clock.ts';
import { folderStore } from './support/folder-store.ts';
import { runId, type TestBed, testBed, upstreamOf } from './support/test-run.ts';

let bed: TestBed;
beforeEach(async () => {
  bed = await testBed();
  await bed.bucket.write('sources/a.csv', 'a\n1\n2\n');
});
afterEach(() => bed.remove());

const request = { source: { kind: 'csv', key: 'sources/a.csv' }, target: { prefix: 'out' } };
const at = (ms: number) => ({ clock: virtualClock(ms) });
const current = async () => JSON.parse(await readFile(join(bed.root, 'out/current.json'), 'utf8'));

describe('loading Parquet', () => {
  test('current.json points at the tables of the last run', async () => {
    await bed.run('etl.pipeline', request, { runId: runId(1), ...at(1_000) });
    await bed.run('etl.pipeline', request, { runId: runId(2), ...at(2_000) });
    expect(await current()).toEqual({
      run_id: runId(2),
      planned_at: 2_000,
      loaded_at: '1970-01-01T00:00:02.000Z',
      tables: { data: { key: `out/runs/${runId(2)}/data.parquet`, rows: 2 } },
    });
  });

  test('loading a run a second time changes nothing', async () => {
    const results = await bed.run('etl.pipeline', request, at(1_000));
    const before = await bed.bucket.list('out/');
    const ctx = bed.context({ upstream: upstreamOf(results), attempt: 2, ...at(9_000) });
    await bed.doTask('etl.load', { to: 'parquet', prefix: 'out', planned_at: 1_000 }, ctx);
    expect(await bed.bucket.list('out/')).toEqual(before);
  });

  test('a run that was planned before the current one does not take its place', async () => {
    await bed.run('etl.pipeline', request, { runId: runId(2), ...at(2_000) });
    const late = await bed.run('etl.pipeline', request, { runId: runId(1), ...at(1_000) });
    expect(late.load_parquet).toMatchObject({ current: false });
    expect((await current()).run_id).toBe(runId(2));
  });

  test('a load that fails half way leaves readers with the mart they had', async () => {
    await bed.run('etl.pipeline', request, { runId: runId(1), ...at(1_000) });
    const before = await current();
    const whole = folderStore(bed.root);
    const failing = {
      ...whole,
      writeFile: (key: string, path: string) =>
        key.startsWith('out/') ? Promise.reject(new Error('the bucket went away')) : whole.writeFile(key, path),
    };
    const overrides = { runId: runId(2), bucket: () => failing, ...at(2_000) };
    await expect(bed.run('etl.pipeline', request, overrides)).rejects.toThrow('went away');
    expect(await current()).toEqual(before);
  });
});

describe('the attempt that is over', () => {
  test('work stops with the reason of the signal, and its folder is removed', async () => {
    const abort = new AbortController();
    abort.abort(new Error('the attempt is over'));
    const task = bed.doTask(
      'etl.extract',
      { name: 'a', source: request.source },
      bed.context({ signal: abort.signal }),
    );
    await expect(task).rejects.toThrow('the attempt is over');
  });
});
