import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { itemsOf } from '../../bin/cloud/table-items.ts';
import { plainItem } from '../../lambdas/adapters/tenant-data/plain-item.ts';
import { Counts, TenantExport, TenantRecord } from '../../lambdas/contracts/tenants.ts';
import { musterJson, refusedBy } from '../support/local-cloud/muster.ts';
import { ProbeRuns } from '../support/probe/probe-runs.ts';

let probe: ProbeRuns;
const suffix = randomUUID().slice(0, 8);
const [acme, other] = [`acme-${suffix}`, `other-${suffix}`];
const secretOf = (tenant: string): string => `secret-of-${tenant}`;
/** The runs of each. */
const runs = new Map<string, string[]>();
const folder = mkdtempSync(join(tmpdir(), 'muster-tenants-'));

beforeAll(async () => {
  probe = await ProbeRuns.listeningTo('workflow_rejected');
});
afterAll(async () => {
  await probe?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Leaves something of the tenant everywhere that a run does: journal, results in and beside it, memories, recorded steps. */
async function furnish(tenant: string): Promise<void> {
  const text = `${secretOf(tenant)} ${'x'.repeat(2_000)}`;
  const tasks = [
    {
      id: 'kept',
      type: 'probe.remember',
      input: { pool: 'facts', entries: [{ text: secretOf(tenant), subject: 'ann' }] },
    },
    { id: 'said', value: { text } },
  ];
  const definition = { name: 'probe.test', lifecycle: 'queue', tasks };
  const runId = await probe.cloud.request('probe.test', {
    requestId: randomUUID(),
    tenant,
    definition,
    input: { text },
  });
  expect((await probe.cloud.ended(runId)).status).toBe('completed');
  runs.set(tenant, [...(runs.get(tenant) ?? []), runId]);
}

/** Everything in the tables that names the tenant, its run, or what only it has said. */
async function rowsOf(tenant: string): Promise<string[]> {
  const words = [tenant, ...(runs.get(tenant) ?? [])];
  const tables = ['State', 'Registry', 'Claims', 'Ledger', 'Budgets', 'Streams', 'Behaviour'].map(
    (name) => `${name}TableName`,
  );
  const found: string[] = [];
  for (const table of tables)
    for await (const item of itemsOf(probe.cloud.session.aws.dynamo, probe.cloud.output(table))) {
      const row = JSON.stringify(plainItem(item));
      if (words.some((word) => row.includes(word))) found.push(`${table} ${item.pk?.S} ${item.sk?.S}`);
    }
  return found;
}

async function objectsOf(tenant: string): Promise<string[]> {
  const places = [
    ['BlobBucketName', `${tenant}/`],
    ['BlobBucketName', `_snapshots/${tenant}/`],
    ['ArchiveBucketName', `_archive/${tenant}/`],
    ['MemoryBucketName', `${tenant}/`],
  ] as const;
  const lists = places.map(async ([bucket, Prefix]) => {
    const request = new ListObjectsV2Command({ Bucket: probe.cloud.output(bucket), Prefix });
    return ((await probe.cloud.session.aws.s3.send(request)).Contents ?? []).flatMap(({ Key }) => Key ?? []);
  });
  return (await Promise.all(lists)).flat();
}

const Shown = z.looseObject({ plan: z.string(), counts: Counts });

describe('a tenant', () => {
  test('has a plan, and its runs beside its neighbour’s', async () => {
    await Promise.all([furnish(acme), furnish(other)]);
    const set = await musterJson(TenantRecord, 'tenants', 'set', acme, '--plan', 'free', '--limit', 'openRuns=3');
    expect(set).toMatchObject({ plan: 'free', limits: { openRuns: 3 }, version: 1 });
    const shown = await musterJson(Shown, 'tenants', 'show', acme, '--look');
    expect(shown.counts.memories).toBe(1);
    expect(Math.min(shown.counts.state ?? 0, shown.counts.blobs ?? 0)).toBeGreaterThan(0);
  });

  test('is exported with all that it has, and nothing of others', async () => {
    const file = join(folder, 'acme.jsonl.gz');
    const made = await musterJson(TenantExport.loose(), 'tenants', 'export', acme, file);
    const lines = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n');
    expect(lines.join()).toContain(secretOf(acme));
    expect(lines.join()).not.toContain(other);
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ end: true, counts: made.counts });
  });

  test('is erased: nothing is left in any table or bucket, its neighbour keeps all, and nothing of it begins again', async () => {
    expect(await refusedBy('tenants', 'erase', acme)).toContain('for good');
    const before = [await rowsOf(other), await objectsOf(other)];
    expect((await rowsOf(acme)).length).toBeGreaterThan(5);
    const erased = await musterJson(TenantRecord, 'tenants', 'erase', acme, '--yes', '--reason', 'the test is over');
    expect(erased).toMatchObject({ status: 'erased', erasure: { phase: 'done', left: {} } });
    const left = (await rowsOf(acme)).filter((row) => !row.endsWith(' A#gone'));
    expect(left).toEqual([expect.stringMatching(/^RegistryTableName TENANT /)]);
    expect(await objectsOf(acme)).toEqual([]);
    expect([await rowsOf(other), await objectsOf(other)]).toEqual(before);
    const memories = await musterJson(Shown, 'tenants', 'show', other, '--look');
    expect(memories.counts.memories).toBe(1);
    const requestId = randomUUID();
    await probe.cloud.request('probe.test', { requestId, tenant: acme });
    const refused = await probe.cloud.eventually(async () => (await probe.heard('workflow_rejected', requestId))[0]);
    expect(refused).toMatchObject({ code: 'tenant_erased' });
  }, 120_000);
});
