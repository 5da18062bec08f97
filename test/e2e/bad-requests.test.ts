import { randomUUID } from 'node:crypto';
import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { packed, text, unpacked } from '../../lambdas/adapters/items/attributes.ts';
import { entryKey, runKey } from '../../lambdas/adapters/items/table-layout.ts';
import type { JsonObject } from '../../lambdas/contracts/json.ts';
import { runIdOf } from '../../lambdas/workflow/run-identity.ts';
import { muster, refusedBy } from '../support/local-cloud/muster.ts';
import { ProbeRuns } from '../support/probe/probe-runs.ts';

let probe: ProbeRuns;

beforeAll(async () => {
  probe = await ProbeRuns.listeningTo('request_refused', 'workflow_failed');
});
afterAll(() => probe?.close());

const broken: JsonObject[] = [
  { id: 'first', type: 'probe.noop' },
  { id: 'second', type: 'probe.shared', input: { fail: { class: 'data' } }, dependsOn: ['first'] },
];

test('An edit that breaks a schema changes nothing of the run, whatever else it changes', async () => {
  const { runId } = await probe.run(broken);
  const before = await probe.cloud.read(runId);
  const edits = {
    'fail.class': ['--task-input', 'second={"fail":{"class":"nonsense"}}'],
    first: ['--task-input', 'second={}', '--task-input', 'first={}'],
    pace: ['--task-input', 'second={}', '--set', 'probe-worker.pace=99'],
    'probe-worker': ['--task-input', 'second={}', '--agent', 'second=probe-worker'],
    'version 9': ['--task-input', 'second={}', '--version', '9'],
  };
  const refuse = async ([fault, edit]: [string, string[]]): Promise<void> => {
    // Each person is told of what that person has asked for.
    const reason = await refusedBy('resume', runId, '--as', fault, ...edit);
    expect(reason).toContain(fault);
    expect(reason).toContain('nothing was changed');
  };
  await Promise.all(Object.entries(edits).map(refuse));
  expect(await probe.cloud.read(runId)).toMatchObject({ status: 'failed', tasks: before.tasks });
  const refusals = await probe.heard('request_refused', runId);
  expect(refusals).toHaveLength(5);
  for (const refusal of refusals) expect(refusal).toMatchObject({ request: 'edit', code: expect.any(String) });
});

test('A fork from an entry that does not exist makes no run', async () => {
  const { runId } = await probe.run([{ id: 'a', type: 'probe.noop' }]);
  const request_id = randomUUID();
  const detail = { workflow_id: runId, at: 99, request_id, requested_by: 'ann' };
  await probe.cloud.publish('workflow_fork_requested', detail);
  expect(await probe.event('request_refused', runId)).toMatchObject({
    ...{ request: 'fork', code: 'unknown_entry', reason: expect.stringContaining('99'), requested_by: 'ann' },
  });
  expect(await probe.cloud.session.runs.get(runIdOf('default', request_id))).toBeUndefined();
});

describe('A journal of another version', () => {
  const Event = z.record(z.string(), z.json());
  type Event = z.infer<typeof Event>;

  /** Rewrites the first entry of a run that has ended, as another version might have written it. */
  async function rewritten(change: (events: Event[]) => JsonObject[]): Promise<string> {
    const { runId } = await probe.run([{ id: 'a', type: 'probe.noop' }]);
    const { dynamo } = probe.cloud.session.aws;
    const TableName = probe.cloud.output('StateTableName');
    const Key = { pk: text(runKey(runId)), sk: text(entryKey(1)) };
    const { Item = {} } = await dynamo.send(new GetItemCommand({ TableName, Key }));
    await dynamo.send(
      new UpdateItemCommand({
        ...{ TableName, Key, UpdateExpression: 'SET e = :events' },
        ExpressionAttributeValues: {
          ':events': packed(JSON.stringify(change(z.array(Event).parse(unpacked(Item, 'e'))))),
        },
      }),
    );
    return runId;
  }

  const changes: Record<string, (events: Event[]) => JsonObject[]> = {
    'an event that is not known any more': (events) => [{ type: 'run_begun' }, ...events],
    'an event without what is needed of it now': (events) => events.map(({ type = '' }) => ({ type })),
  };

  test('is neither replayed nor forked, and stays as it is', async () => {
    const refuse = async (change: (typeof changes)[string]): Promise<void> => {
      const runId = await rewritten(change);
      const record = await probe.cloud.session.runs.get(runId);
      expect(await refusedBy('replay', runId)).toMatch(/can't be replayed.*\n.*version/);
      expect(await refusedBy('fork', runId)).toContain('another version has written its journal');
      expect(await probe.event('request_refused', runId)).toMatchObject({
        request: 'fork',
        code: 'unreadable_journal',
      });
      expect(await probe.cloud.session.runs.get(runId)).toEqual(record);
      expect(await muster('runs')).toContain(runId.slice(0, 12));
    };
    await Promise.all(Object.values(changes).map(refuse));
  });
});
