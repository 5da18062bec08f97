import { randomUUID } from 'node:crypto';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { dynamoParkingLot } from '../../lambdas/adapters/aws/dynamo-parking-lot.ts';
import { s3Blobs } from '../../lambdas/adapters/aws/s3-blobs.ts';
import type { JsonObject } from '../../lambdas/contracts/json.ts';
import type { ParkedMessage } from '../../lambdas/runtime/ports.ts';
import { runIdOf } from '../../lambdas/workflow/run-identity.ts';
import { muster, refusedBy } from '../support/local-cloud/muster.ts';
import { subscribe } from '../support/local-cloud/topic-tap.ts';
import { forgetAgents } from '../support/probe/fresh-peers.ts';
import { ProbeRuns, taskOf } from '../support/probe/probe-runs.ts';

let probe: ProbeRuns;
let topic: Awaited<ReturnType<typeof subscribe>>;

beforeAll(async () => {
  probe = await ProbeRuns.listeningTo(
    ...['workflow_paused', 'workflow_resumed', 'workflow_rejected', 'workflow_completed', 'workflow_failed'],
    ...['workflow_cancelled', 'request_refused', 'hold_changed', 'agent_parameters_changed', 'decision_requested'],
  );
  topic = await subscribe(probe.cloud.session.aws.sqs, probe.cloud.endpoint, probe.cloud.output('PeopleTopicArn'));
});
afterAll(async () => {
  await topic?.close();
  await probe?.close();
});

const told = (name: string, runId: string): Promise<JsonObject> =>
  probe.cloud.eventually(async () => {
    const about = (await topic.read()).filter(({ detail }) => detail.workflow_id === runId);
    return about.find((one) => one.name === name)?.detail;
  });
const broken: JsonObject[] = [
  { id: 'first', type: 'probe.noop' },
  { id: 'second', type: 'probe.shared', input: { fail: { class: 'data' } }, dependsOn: ['first'] },
];
const isOver = ({ status }: { status: string }): boolean => status === 'completed';

describe('a run', () => {
  test('is paused, begins nothing more, says so to people, and goes on', async () => {
    const runId = await probe.start([
      { id: 'slow', type: 'probe.slow', input: { ms: 6_000 } },
      { id: 'next', type: 'probe.echo', input: 'done', dependsOn: ['slow'] },
    ]);
    await probe.task(runId, 'slow', ({ status }) => status === 'running');
    expect(await muster('pause', runId, '--reason', 'a new disk', '--as', 'ann')).toContain(`run ${runId} is paused`);
    await probe.task(runId, 'slow', isOver);
    expect(taskOf(await probe.cloud.read(runId), 'next').status).toBe('ready');
    expect(await told('workflow_paused', runId)).toMatchObject({ reason: 'a new disk', paused_by: 'ann' });
    expect(await refusedBy('pause', runId)).toContain('is paused already: a new disk');

    expect(await muster('resume', runId)).toContain('goes on');
    expect((await probe.ended(runId)).result).toBe('done');
    expect(await refusedBy('resume', runId)).toMatch(/has completed/);
    expect(await refusedBy('pause', runId)).toContain('is completed already');
  });

  test('that has failed is changed and goes on, with what was done kept', async () => {
    const { runId, status } = await probe.run(broken);
    expect(status).toBe('failed');
    expect(await refusedBy('resume', runId, '--task-input', 'third={}')).toContain('third');
    expect(await muster('resume', runId, '--task-input', 'second={"say":"mended"}')).toContain('goes on, changed');
    const run = await probe.cloud.eventually(async () => {
      const view = await probe.cloud.read(runId);
      return view.status === 'completed' && view;
    });
    expect(taskOf(run, 'first').attempts).toHaveLength(1);
    expect(await probe.cloud.result(run)).toMatchObject({ say: 'mended' });
  });

  test('that asks tells people by the topic', async () => {
    const runId = await probe.start([{ id: 'ask', ask: { question: 'Go on?' } }]);
    expect(await told('decision_requested', runId)).toMatchObject({ question: 'Go on?' });
    await muster('decide', runId, 'ask', 'approve', '--as', 'kim');
    expect((await probe.ended(runId)).status).toBe('completed');
  });
});

describe('a tenant', () => {
  const ask = (tenant: string, tasks: JsonObject[], requestId: string = randomUUID()): Promise<string> => {
    const definition = { name: 'probe.test', lifecycle: 'queue', tasks };
    return probe.cloud.request('probe.test', { requestId, tenant, definition });
  };

  test('is paused as a whole and let go', async () => {
    expect(await muster('pause', '--tenant', 'held', '--reason', 'a new disk')).toContain('tenant held is paused');
    // Coordinators keep what holds for a second: until then, tasks still begin.
    const runId = await probe.cloud.eventually(async () => {
      const id = await ask('held', [{ id: 'a', type: 'probe.noop' }]);
      const { tasks } = await probe.until(
        id,
        ({ tasks: [task] }) => task?.status === 'ready' || task?.status === 'completed',
      );
      return tasks[0]?.status === 'ready' ? id : undefined;
    });
    expect((await probe.run([{ id: 'a', type: 'probe.noop' }])).status).toBe('completed');
    expect(await muster('resume', '--tenant', 'held')).toContain('tenant held goes on');
    expect((await probe.ended(runId)).status).toBe('completed');
    expect(await refusedBy('resume', '--tenant', 'held')).toContain('nothing holds tenant held');
  });

  test('drains: what is under way finishes, new requests are rejected with the reason', async () => {
    const before = await ask('drained', [{ id: 'slow', type: 'probe.slow', input: { ms: 2_000 } }]);
    await probe.task(before, 'slow', ({ status }) => status === 'running');
    await muster('drain', '--tenant', 'drained', '--reason', 'it moves house');
    // Intakes keep what holds for a second.
    const rejected = await probe.cloud.eventually(async () => {
      const requestId = randomUUID();
      await ask('drained', [{ id: 'a', type: 'probe.noop' }], requestId);
      return (await probe.heard('workflow_rejected', requestId))[0];
    });
    expect(rejected).toMatchObject({ code: 'draining', reason: expect.stringContaining('it moves house') });
    expect((await probe.ended(before)).status).toBe('completed');
    await muster('resume', '--tenant', 'drained');
  });

  test('has all its runs cancelled, once that is confirmed', async () => {
    const wait = [{ id: 'wait', waitFor: { event: 'never' } }];
    const runs = [await ask('gone', wait), await ask('gone', wait)];
    const other = await ask('stays', wait);
    for (const run of [...runs, other]) await probe.task(run, 'wait', ({ status }) => status === 'suspended');
    expect(await refusedBy('cancel', '--tenant', 'gone')).toMatch(/cancels 2 open runs.*\n.*--yes/);
    expect(await muster('cancel', '--tenant', 'gone', '--yes')).toContain('all have ended');
    for (const run of runs) expect((await probe.cloud.read(run)).status).toBe('cancelled');
    expect((await probe.cloud.read(other)).status).toBe('running');
    await muster('cancel', other, '--tenant', 'stays');
  });
});

describe('an agent', () => {
  const pace = async (): Promise<unknown> => (await probe.run([{ id: 'a', type: 'probe.parameters' }])).result;

  test('has its parameters set, shown, refused and taken back while it runs', async () => {
    expect(await pace()).toEqual({ pace: 5, unit: 'row' });
    const set = await muster(
      'agents',
      'params',
      'probe-worker',
      'pace=7',
      'unit=page',
      '--reason',
      'more',
      '--as',
      'ann',
    );
    expect(set).toMatch(/pace +7 +5/);
    const paced = async (wanted: JsonObject): Promise<boolean> => {
      await forgetAgents(probe.cloud);
      return JSON.stringify(await pace()) === JSON.stringify(wanted);
    };
    await probe.cloud.eventually(() => paced({ pace: 7, unit: 'page' }));
    expect(await refusedBy('agents', 'params', 'probe-worker', 'pace=99')).toContain('values.pace');
    expect(await refusedBy('agents', 'params', 'probe-worker', 'peace=1')).toContain('did you mean "pace"');
    expect(await refusedBy('agents', 'params', 'probe-worker', '--to', '7')).toContain('no version 7');
    expect(await muster('agents', 'params', 'probe-worker', '--reset', 'unit')).toContain('version 2');
    expect(await muster('agents', 'params', 'probe-worker', '--to', '0')).toContain('version 3');
    expect(await muster('agents', 'params', 'probe-worker', '--history')).toMatch(/1 .*ann .*"pace":7.*more/);
    await probe.cloud.eventually(() => paced({ pace: 5, unit: 'row' }));
  });

  test('drains, and is shown so', async () => {
    expect(await muster('agents', 'set', 'probe-gamma', 'draining', '--reason', 'a new engine')).toContain('draining');
    expect(await muster('agents')).toMatch(/probe-gamma +1\.0\.0 +draining/);
    await muster('agents', 'set', 'probe-gamma', 'ready', '--reason', 'it runs');
  });
});

describe('what is parked', () => {
  const park = async (message: Partial<ParkedMessage>): Promise<void> => {
    const { dynamo, s3 } = probe.cloud.session.aws;
    const blobs = s3Blobs(s3, probe.cloud.output('BlobBucketName'));
    await dynamoParkingLot(dynamo, probe.cloud.output('StateTableName'), blobs).park({
      ...{ parkedId: `parked_${randomUUID()}`, queue: 'nobody', at: Date.now(), tenant: 'default', messageId: 'm' },
      ...{ messageType: 'task_assignment', reason: '', body: '{}' },
      ...message,
    });
  };
  const causeOf = async (reason: string): Promise<string> => {
    const line = (await muster('parked')).split('\n').find((text) => text.includes(reason)) ?? '';
    return /^[0-9a-f]{8}/.exec(line)?.[0] ?? '';
  };
  const nextDoor = async (): Promise<string> => {
    const { sqs } = probe.cloud.session.aws;
    const QueueUrl = probe.cloud.output('IntakeQueueUrl');
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['RedrivePolicy'] }),
    );
    const Policy = z.object({ deadLetterTargetArn: z.string() });
    return (
      Policy.parse(JSON.parse(Attributes?.RedrivePolicy ?? ''))
        .deadLetterTargetArn.split(':')
        .at(-1) ?? ''
    );
  };

  test('is repaired by cause: runs that it stopped go on, changed', async () => {
    const runs = [await probe.run(broken), await probe.run(broken)];
    for (const [n, { runId }] of runs.entries()) await park({ runId, reason: `row ${n} of the probe is too long` });
    const cause = await causeOf('row # of the probe is too long');
    expect(await muster('parked', '--cause', cause)).toContain('row 1 of the probe');
    const out = await muster('parked', 'redrive', '--cause', cause, '--task-input', 'second={}');
    expect(out).toContain('2 repaired, 0 not');
    for (const { runId } of runs) await probe.cloud.eventually(async () => isOver(await probe.cloud.read(runId)));
    expect(await causeOf('row # of the probe is too long')).toBe('');
    expect(await refusedBy('parked', 'redrive', '--cause', cause)).toContain('nothing is parked for the cause');
  });

  test('needs nothing when it was for a flow, which has gone on by itself', async () => {
    const { runId } = await probe.run([{ id: 'a', type: 'probe.noop' }]);
    const flowId = `flow_${'f'.repeat(40)}`;
    await park({ runId, flowId, messageType: 'ask_flow', reason: 'the flow gave up' });
    expect(await muster('parked')).toMatch(/ask_flow .*not needed: the flow goes on by itself/);
    const out = await muster('parked', 'redrive', '--cause', await causeOf('the flow gave up'));
    expect(out).toMatch(/flow_ffffffff .*its flow was woken and goes on by itself[\s\S]*1 repaired, 0 not/);
    expect(await causeOf('the flow gave up')).toBe('');
  });

  test('goes to its queue once more when it belongs to no run', async () => {
    const requestId = randomUUID();
    const definition = { name: 'probe.test', lifecycle: 'queue', tasks: [{ id: 'a', type: 'probe.noop' }] };
    const detail = { workflow: 'probe.test', request_id: requestId, definition, input: {} };
    const event = { id: randomUUID(), source: 'test.client', 'detail-type': 'workflow_requested', detail };
    const queue = await nextDoor();
    await park({ queue, messageType: 'workflow_requested', reason: 'intake gave up', body: JSON.stringify(event) });
    await muster('parked', 'redrive', '--cause', await causeOf('intake gave up'));
    expect((await probe.ended(runIdOf('default', requestId))).status).toBe('completed');
  });
});
