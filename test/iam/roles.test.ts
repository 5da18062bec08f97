import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BorrowedRole } from '../support/iam/borrow-role.ts';
import type { Call, Verdict } from '../support/iam/try-call.ts';
import { TestCloud } from '../support/local-cloud/test-cloud.ts';

let cloud: TestCloud;
let queues: readonly string[];

beforeAll(async () => {
  cloud = await TestCloud.connect();
  queues = (await cloud.session.aws.sqs.send(new ListQueuesCommand({}))).QueueUrls ?? [];
});
afterAll(() => cloud?.close());

const queue = (part: string): string => {
  const url = queues.find((one) => one.includes(part));
  if (!url) throw new Error(`no queue is called like ${part}`);
  return url;
};

/** Action by action, what the role is let do of this. */
async function verdicts(role: string, calls: readonly Call[]): Promise<Record<string, Verdict>> {
  const borrowed = await BorrowedRole.of(cloud.session.aws.lambda, role);
  const found = await borrowed.tries(calls);
  return Object.fromEntries(
    calls.map(({ action, on }, index) => [`${action} ${shortly(on)}`, found[index] ?? 'denied']),
  );
}
const shortly = (on: string): string =>
  on
    .split('/')
    .at(-1)
    ?.replace(/^muster-local-/i, '')
    .replace(/-?[0-9A-F]{8,}.*$/i, '') ?? on;
const all = (verdict: Verdict, found: Record<string, Verdict>) =>
  Object.fromEntries(Object.keys(found).map((call) => [call, verdict]));

describe('an agent', () => {
  test('works through its own inboxes, reports and blobs', async () => {
    const found = await verdicts('ProbeAlpha', [
      { action: 'sqs:ReceiveMessage', on: queue('ProbeAlphaExpress') },
      { action: 'sqs:ReceiveMessage', on: queue('ProbeAlphaStandard') },
      { action: 'sqs:SendMessage', on: cloud.output('CoordinatorQueueUrl') },
      { action: 's3:PutObject', on: cloud.output('BlobBucketName') },
      { action: 's3:GetObject', on: cloud.output('BlobBucketName') },
    ]);
    expect(found).toEqual(all('allowed', found));
  });

  test('reaches no journal, no registry, no claims, no archive, no other inbox and no secret', async () => {
    const found = await verdicts('ProbeBeta', [
      ...(['StateTableName', 'RegistryTableName', 'ClaimsTableName'] as const).flatMap((table): Call[] => [
        { action: 'dynamodb:GetItem', on: cloud.output(table) },
        { action: 'dynamodb:Query', on: cloud.output(table) },
        { action: 'dynamodb:Scan', on: cloud.output(table) },
        { action: 'dynamodb:PutItem', on: cloud.output(table) },
      ]),
      { action: 's3:GetObject', on: cloud.output('ArchiveBucketName') },
      { action: 's3:PutObject', on: cloud.output('ArchiveBucketName') },
      { action: 'sqs:ReceiveMessage', on: queue('ProbeAlphaExpress') },
      { action: 'sqs:SendMessage', on: queue('ProbeAlphaExpress') },
      { action: 'sqs:ReceiveMessage', on: cloud.output('CoordinatorQueueUrl') },
      { action: 'sqs:SendMessage', on: cloud.output('IntakeQueueUrl') },
      { action: 'sqs:SendMessage', on: cloud.output('TimersQueueUrl') },
      { action: 'secretsmanager:GetSecretValue', on: 'muster/local/etl-source-database' },
    ]);
    expect(found).toEqual(all('denied', found));
  });

  test('with outside effects reaches the claims, and nothing but single ones', async () => {
    const claims = cloud.output('ClaimsTableName');
    expect(
      await verdicts('ProbePayer', [
        { action: 'dynamodb:Query', on: claims },
        { action: 'dynamodb:Scan', on: claims },
        { action: 'dynamodb:GetItem', on: cloud.output('StateTableName') },
      ]),
    ).toEqual({
      [`dynamodb:Query ${shortly(claims)}`]: 'denied',
      [`dynamodb:Scan ${shortly(claims)}`]: 'denied',
      [`dynamodb:GetItem ${shortly(cloud.output('StateTableName'))}`]: 'denied',
    });
  });

  test('reads the secrets that its manifest names, and no bucket of others', async () => {
    const found = await verdicts('EtlExtractor', [
      { action: 'secretsmanager:GetSecretValue', on: 'muster/local/etl-source-database' },
    ]);
    expect(found).toEqual(all('allowed', found));
  });
});

describe('the platform', () => {
  test('intake starts runs, but reads no inbox and scans nothing', async () => {
    const found = await verdicts('LambdasIntake', [
      { action: 'sqs:SendMessage', on: queue('ProbeAlphaExpress') },
      { action: 'sqs:ReceiveMessage', on: queue('ProbeAlphaExpress') },
      { action: 'dynamodb:Scan', on: cloud.output('StateTableName') },
      { action: 's3:PutObject', on: cloud.output('ArchiveBucketName') },
      { action: 'secretsmanager:GetSecretValue', on: 'muster/local/etl-source-database' },
    ]);
    expect(found).toEqual(all('denied', found));
  });

  test('the coordinator sends to inboxes of every system, but takes nothing out of them', async () => {
    expect(
      Object.values(
        await verdicts('LambdasCoordinator', [
          { action: 'sqs:SendMessage', on: queue('ProbeGammaExpress') },
          { action: 'sqs:SendMessage', on: queue('EtlLoaderExpress') },
          { action: 'sqs:ReceiveMessage', on: queue('ProbeGammaExpress') },
          { action: 'secretsmanager:GetSecretValue', on: 'muster/local/etl-source-database' },
        ]),
      ),
    ).toEqual(['allowed', 'allowed', 'denied', 'denied']);
  });

  test('what inboxes of any system give up on is taken by the dead-letter Lambda, and by it alone', async () => {
    const calls: Call[] = ['ProbeAlphaDeadLetters', 'EtlLoaderDeadLetters'].map((part) => ({
      action: 'sqs:ReceiveMessage',
      on: queue(part),
    }));
    const found = await verdicts('LambdasDeadLetters', calls);
    expect(found).toEqual(all('allowed', found));
    const others = await verdicts('LambdasMonitor', calls);
    expect(others).toEqual(all('denied', others));
  });
});
