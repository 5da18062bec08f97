import { randomUUID } from 'node:crypto';
import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DeleteObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { AuditRecord } from '../../lambdas/contracts/audit.ts';
import { createAuditLog } from '../../lambdas/runtime/audit-log.ts';
import { runIdOf } from '../../lambdas/workflow/run-identity.ts';
import type { BusTap } from '../support/local-cloud/bus-tap.ts';
import { muster, musterJson } from '../support/local-cloud/muster.ts';
import { runCli } from '../support/local-cloud/run-cli.ts';
import { TestCloud } from '../support/local-cloud/test-cloud.ts';

/** Of these tests alone: what others do to their journals is their business. */
const tenant = `audited-${randomUUID().slice(0, 8)}`;
const correlation = `order-${randomUUID()}`;
const Report = z.object({ findings: z.array(z.object({ code: z.string(), seq: z.number().optional() })) });

let cloud: TestCloud;
let tap: BusTap;
let runId: string;

beforeAll(async () => {
  cloud = await TestCloud.connect();
  tap = await cloud.tap('security_event');
  const requestId = randomUUID();
  const definition = {
    ...{ name: 'audit.test', lifecycle: 'queue' },
    tasks: [
      { id: 'first', type: 'probe.echo', input: 'personal words' },
      { id: 'second', type: 'probe.echo', input: 'more of them', dependsOn: ['first'] },
    ],
  };
  const detail = { workflow: 'audit.test', request_id: requestId, tenant, correlation_id: correlation, definition };
  await cloud.publish('workflow_requested', detail);
  runId = runIdOf(tenant, requestId);
  expect((await cloud.ended(runId)).status).toBe('completed');
});
afterAll(() => cloud?.close());

const searched = () =>
  musterJson(z.array(AuditRecord), 'audit', 'search', '--correlation', correlation, '--tenant', tenant);
const noted = () =>
  cloud.eventually(async () => {
    const records = await searched();
    return records.some((record) => record.kind === 'root' && record.ended) && records;
  });
/** What a verification finds; none: it is sound. */
async function found(...args: string[]): Promise<string[]> {
  const { stdout } = await runCli(['audit', 'verify', ...args, '--json']);
  return Report.parse(JSON.parse(stdout)).findings.map(({ code }) => code);
}

describe('the audit of a run', () => {
  test('has its messages and decisions, and nothing of what they say', async () => {
    const records = await noted();
    const sent = records.flatMap((record) => (record.kind === 'message' ? [record.type] : []));
    expect(sent).toEqual(
      expect.arrayContaining(['start_run', 'task_assignment', 'status_update', 'workflow_completed']),
    );
    expect(JSON.stringify(records)).not.toMatch(/personal words|more of them/);
    const log = await musterJson(
      z.array(AuditRecord),
      ...['audit', 'messages', '--correlation', correlation, '--tenant', tenant, '--limit', '3'],
    );
    expect(log).toHaveLength(3);
    expect(await muster('audit', 'search', '--correlation', correlation, '--tenant', tenant)).toContain(
      'task_assignment',
    );
  });

  test('is sound', async () => {
    await noted();
    expect(await found('--chain', tenant)).toEqual([]);
    expect(await muster('audit', 'verify', '--run', runId)).toContain('sound');
  });

  test('shows that an entry of its journal was changed', async () => {
    await noted();
    const { dynamo } = cloud.session.aws;
    const TableName = cloud.output('StateTableName');
    const Key = { pk: { S: `RUN#${runId}` }, sk: { S: 'E#000000000002' } };
    const { Item } = await dynamo.send(new GetItemCommand({ TableName, Key }));
    const set = (at: string) =>
      dynamo.send(
        new UpdateItemCommand({
          ...{ TableName, Key, UpdateExpression: 'SET a = :a', ExpressionAttributeValues: { ':a': { N: at } } },
        }),
      );
    await set('1');
    try {
      expect(await found('--run', runId)).toContain('changed');
      expect((await runCli(['audit', 'verify', '--run', runId])).code).toBe(1);
    } finally {
      await set(Item?.a?.N ?? '0');
    }
    expect(await found('--run', runId)).toEqual([]);
  });
});

describe('an object of the audit', () => {
  const Key = `chains/${tenant}/000000000001.ndjson`;

  test('can be neither replaced nor removed', async () => {
    await noted();
    const { s3 } = cloud.session.aws;
    const Bucket = cloud.output('AuditBucketName');
    const again = new PutObjectCommand({ Bucket, Key, Body: 'forged', IfNoneMatch: '*' });
    await expect(s3.send(again)).rejects.toMatchObject({ name: 'PreconditionFailed' });
    const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key }));
    const [version] = Versions;
    const removal = new DeleteObjectCommand({ Bucket, Key, VersionId: version?.VersionId });
    await expect(s3.send(removal)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test('is missed when somebody hides it, and is still there', async () => {
    await noted();
    const { s3 } = cloud.session.aws;
    const Bucket = cloud.output('AuditBucketName');
    const { VersionId } = await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    try {
      expect(await found('--chain', tenant)).toEqual(
        expect.arrayContaining([expect.stringMatching(/missing|truncated/)]),
      );
    } finally {
      await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
    }
    expect(await found('--chain', tenant)).toEqual([]);
  });
});

describe('a security event', () => {
  test('is kept, and told to whoever watches', async () => {
    const { queues } = cloud.session;
    const logger = { debug() {}, info() {}, warn() {}, error() {} };
    const auditQueue = cloud.output('AuditQueueUrl');
    const log = createAuditLog({ queues, auditQueue, ids: { uuid: () => randomUUID() }, logger });
    const event = {
      kind: 'tenant_crossed',
      at: Date.now(),
      reason: 'asked for a run of acme',
      tenant,
      sub: 'ann',
    } as const;
    log.note({ ...event, correlation_id: correlation });
    await log.flush();
    const told = await cloud.eventually(async () =>
      (await tap.read()).find(({ detail }) => JSON.stringify(detail).includes(tenant)),
    );
    expect(told.detail).toMatchObject({ class_uid: 6003, severity_id: 4, actor: { user: { name: 'ann' } } });
    await cloud.eventually(async () => (await searched()).some(({ kind }) => kind === 'security'));
  });

  test('does not break the chain, whose hourly checkpoint is written', async () => {
    await cloud.invoke('AuditCheckpoint');
    await cloud.eventually(async () => {
      const { stdout } = await runCli(['audit', 'verify', '--chain', tenant, '--json']);
      return stdout.includes('"_platform"') && !/"objects": 0/.test(stdout);
    });
    expect(await found('--chain', tenant)).toEqual([]);
  });
});
