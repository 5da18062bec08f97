import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TestCloud } from '../support/local-cloud/test-cloud.ts';
let cloud: TestCloud;
beforeAll(async () => { cloud = await TestCloud.connect(); });
afterAll(() => cloud?.close());
for (const name of ['Coordinator', 'EtlExtractor', 'EtlTransformer', 'EtlLoader', 'EtlOrchestrator'])
test('kill ' + name, async () => {
  const t0 = Date.now();
  const id = await cloud.request('etl.flight-mart', { requestId: randomUUID(), input: cloud.flightMartInput });
  let kills = 0;
  const run = await cloud.ended(id, (view) => { if (kills < 2 && view.tasks.some((t) => t.status === 'running' && (name === 'Coordinator' ? t.id !== 'plan' : t.agent?.replaceAll('-', '').toLowerCase() === name.toLowerCase()))) { const n = cloud.killWorkers(name); if (n) { kills++; console.log('killed', name, n); } } });
  console.log(name, run.status, Date.now() - t0, 'ms', JSON.stringify(run.error ?? ''), run.tasks.map((t) => t.id + ':' + t.attempt).join(' '));
  expect(run.status).toBe('completed');
});
test('postgres crash', async () => {
  const t0 = Date.now();
  await cloud.postgres.crash();
  const id = await cloud.request('etl.flight-mart', { requestId: randomUUID(), input: cloud.flightMartInput });
  const ended = cloud.ended(id);
  await sleep(5000);
  await cloud.postgres.start();
  const run = await ended;
  console.log('pg', run.status, Date.now() - t0, 'ms', JSON.stringify(run.error ?? ''), run.tasks.map((t) => t.id + ':' + t.attempt).join(' '));
  expect(run.status).toBe('completed');
});
test('tap', async () => {
  const tap = await cloud.tap('workflow_rejected');
  await cloud.request('etl.nothing', { requestId: 'zz' });
  const [event] = await cloud.eventually(async () => { const e = await tap.read(); return e.length > 0 && e; });
  console.log(JSON.stringify(event));
});
