import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { isEmpty, itemsOf } from '../../bin/cloud/table-items.ts';
import { REPLAY_SOURCE } from '../../lambdas/contracts/bus-events.ts';
import type { JsonObject } from '../../lambdas/contracts/json.ts';
import { muster, musterJson, refusedBy } from '../support/local-cloud/muster.ts';
import { ProbeRuns, taskOf } from '../support/probe/probe-runs.ts';

let probe: ProbeRuns;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-time-travel-'));
  probe = await ProbeRuns.listeningTo('workflow_completed', 'channel.probe.payment');
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await probe?.close();
});

const Replayed = z.looseObject({ at: z.number(), entries: z.number(), sha256: z.string() });
const Forked = z.looseObject({ run_id: z.string(), status: z.string(), result: z.unknown() });
const Diff = z.looseObject({
  same: z.boolean(),
  tasks: z.array(z.looseObject({ task: z.string(), differs: z.array(z.string()) })),
});

const shop: JsonObject[] = [
  { id: 'pay', type: 'probe.pay', input: { amount: 7 } },
  { id: 'echo', type: 'probe.echo', input: '{% $results.pay.paid + $input.add %}', dependsOn: ['pay'] },
];
const paidBy = async (runId: string): Promise<number> => (await probe.heard('channel.probe.payment', runId)).length;

describe('A run', () => {
  test('is replayed, forked with another input, and compared, and pays nobody twice', async () => {
    const { runId, result } = await probe.run(shop, { input: { add: 1 } });
    expect(result).toBe(8);
    const whole = await musterJson(Replayed, 'replay', runId);
    const first = await musterJson(Replayed, 'replay', runId, '--at', '1');
    expect(whole.at).toBe(whole.entries);
    expect(first.sha256).not.toBe(whole.sha256);
    expect((await musterJson(Replayed, 'replay', runId)).sha256).toBe(whole.sha256);
    const forked = await musterJson(Forked, 'fork', runId, '--at', '0', '--input', '{"add": 10}', '--wait');
    expect(forked).toMatchObject({ status: 'completed', result: 17 });
    expect(await paidBy(runId)).toBe(1);
    expect(await paidBy(forked.run_id)).toBe(0);
    const diff = await musterJson(Diff, 'diff', runId, forked.run_id);
    expect(diff.tasks.find(({ task }) => task === 'echo')?.differs).toContain('result');
    expect(await muster('diff', runId, forked.run_id)).toContain('one is a fork of the other, after entry 0');
  });

  test('can not be forked where there is nothing', async () => {
    const { runId } = await probe.run([{ id: 'a', type: 'probe.noop' }]);
    expect(await refusedBy('fork', runId, '--at', '99')).toContain('the journal has no entry 99');
    expect(await refusedBy('fork', runId, '--at', '0', '--task-input', 'b=1')).toContain('unknown_task');
  });

  test('is archived, and read, found and forked from there', async () => {
    const { runId } = await probe.run(shop, { input: { add: 1 } });
    const before = await musterJson(Replayed, 'replay', runId);
    const { aws } = probe.cloud.session;
    // Three days ago.
    await aws.dynamo.send(
      new UpdateItemCommand({
        TableName: probe.cloud.output('StateTableName'),
        Key: { pk: { S: `RUN#${runId}` }, sk: { S: 'A#run' } },
        UpdateExpression: 'SET ended_at = :then, wake_at = :then',
        ExpressionAttributeValues: { ':then': { N: '1' } },
      }),
    );
    await probe.cloud.invoke('Archiver');
    const record = await probe.cloud.session.runs.get(runId);
    const Key = record?.archived?.key ?? '';
    await aws.s3.send(new HeadObjectCommand({ Bucket: probe.cloud.output('ArchiveBucketName'), Key }));
    expect((await musterJson(Replayed, 'replay', runId)).sha256).toBe(before.sha256);
    expect(await muster('result', runId)).toBe('8\n');
    const forked = await musterJson(Forked, 'fork', runId, '--at', '0', '--wait');
    expect(forked).toMatchObject({ status: 'completed', result: 8 });
  });

  test('has its events published again as a replay, which nothing acts on', async () => {
    const { runId } = await probe.run([{ id: 'a', type: 'probe.noop' }]);
    const { correlationId = '' } = (await probe.cloud.session.runs.get(runId)) ?? {};
    const Told = z.looseObject({ runs: z.number(), published: z.number() });
    const counted = await musterJson(Told, 'events', 'replay', '--correlation', correlationId, '--dry-run');
    expect(counted).toMatchObject({ runs: 1, published: 0 });
    const told = await musterJson(Told, 'events', 'replay', '--correlation', correlationId);
    expect(told).toMatchObject({ runs: 1, source: REPLAY_SOURCE });
    await probe.event('workflow_completed', runId, ({ replay }) => replay !== undefined);
  });
});

test('A deployment whose state was lost goes on from a backup', async () => {
  const runId = await probe.start([
    { id: 'first', type: 'probe.noop' },
    { id: 'go', waitFor: { event: 'go' }, dependsOn: ['first'] },
    { id: 'last', type: 'probe.echo', input: 'done', dependsOn: ['go'] },
  ]);
  await probe.task(runId, 'go', ({ status }) => status === 'suspended');
  const file = join(folder, 'state.jsonl.gz');
  await muster('backup', file);
  expect(await refusedBy('restore', file)).toContain('is not empty; nothing was changed');
  const { dynamo } = probe.cloud.session.aws;
  const table = probe.cloud.output('StateTableName');
  for await (const { pk, sk } of itemsOf(dynamo, table)) {
    if (pk && sk) await dynamo.send(new DeleteItemCommand({ TableName: table, Key: { pk, sk } }));
  }
  expect(await isEmpty(dynamo, table)).toBe(true);
  await refusedBy('status', runId);
  const Restored = z.object({ items: z.number(), open_runs: z.number() });
  const restored = await musterJson(Restored, 'restore', file);
  expect(restored.open_runs).toBeGreaterThanOrEqual(1);
  expect(taskOf(await probe.cloud.read(runId), 'go').status).toBe('suspended');
  await muster('signal', runId, 'go');
  expect(await probe.ended(runId)).toMatchObject({ status: 'completed', result: 'done' });
});
