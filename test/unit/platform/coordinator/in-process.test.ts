import { describe, expect, test } from '@jest/globals';
import type { Header } from '../../../../lambdas/contracts/envelope.ts';
import type { Json } from '../../../../lambdas/contracts/json.ts';
import { LIMITS } from '../../../../lambdas/contracts/limits.ts';
import { encodeMessage } from '../../../../lambdas/runtime/message-codec.ts';
import { fakeAgent } from '../../../../lambdas/testing/fake-agent.ts';
import { QUEUES } from '../../../../lambdas/testing/queue-urls.ts';
import { createTestFleet } from '../../../../lambdas/testing/test-fleet.ts';
import type { TestRun } from '../../../../lambdas/testing/test-run.ts';
import { decide } from '../../../../lambdas/workflow/decide.ts';
import { newRun } from '../../../../lambdas/workflow/state.ts';
import { RUN_ID, startRun, task, turnContext, workflow } from '../../../support/factories.ts';

const page = 'p'.repeat(2_000);

/** Results and payloads in the journal, as they stand there. */
function journaled({ journal }: TestRun) {
  return journal.flatMap(({ events }) =>
    events.flatMap((event) => {
      if (event.type === 'tasks_completed') return event.done.map(([, , , result]) => result);
      return event.type === 'event_received' ? [event.payload] : [];
    }),
  );
}

const largest = (run: TestRun): number =>
  Math.max(...journaled(run).map((result) => ('value' in result ? JSON.stringify(result.value).length : 0)));

describe('the journal keeps only where a large result lies', () => {
  test('of a person who completed a task', async () => {
    const refuse = () => {
      throw new Error('no');
    };
    const fleet = await createTestFleet({ agents: [fakeAgent('worker', { work: refuse })] });
    const runId = await fleet.start(workflow([task('a', { escalate: 'person', retry: { maxAttempts: 1 } })]));
    await fleet.decide(runId, 'a', 'complete', 'ann', { value: { page } });
    const run = await fleet.ended(runId);
    expect(run.result).toEqual({ a: { page } });
    expect(largest(run)).toBeLessThanOrEqual(LIMITS.inlineResult);
  });

  test('of a person who had much to say', async () => {
    const fleet = await createTestFleet({ agents: [] });
    const runId = await fleet.start(workflow([{ id: 'ask', ask: { question: 'well?' } }]));
    const comment = 'é'.repeat(700);
    await fleet.decide(runId, 'ask', 'approve', 'ann', { comment });
    const run = await fleet.ended(runId);
    expect(run.result).toEqual({ ask: { decision: 'approve', comment, decided_by: 'ann' } });
    expect(journaled(run)).toEqual([{ ref: expect.anything() }]);
  });

  test('of an event', async () => {
    const fleet = await createTestFleet({ agents: [] });
    const runId = await fleet.start(workflow([{ id: 'wait', waitFor: { event: 'paid' } }]));
    await fleet.signal(runId, 'paid', { page });
    const run = await fleet.ended(runId);
    expect(run.result).toEqual({ wait: { page } });
    expect(largest(run)).toBeLessThanOrEqual(LIMITS.inlineResult);
  });

  test('of a sub-workflow with many small ones', async () => {
    const values = Array.from({ length: 20 }, (_, index) => ({ id: `v${index}x`, value: 'v'.repeat(200) }));
    const child = workflow(values, { name: 'child' });
    const fleet = await createTestFleet({ agents: [], workflows: [child] });
    const run = await fleet.run(workflow([{ id: 'sub', workflow: { name: 'child' } }]));
    expect(run.result?.sub).toEqual(Object.fromEntries(values.map(({ id, value }) => [id, value])));
    expect(largest(run)).toBeLessThanOrEqual(LIMITS.inlineResult);
  });
});

test('a deadline hours away is kept to the second, and costs one more turn', async () => {
  const fleet = await createTestFleet({ agents: [] });
  const definition = workflow([{ id: 'wait', waitFor: { event: 'never' } }], { timeoutSeconds: 7_215 });
  const run = await fleet.run(definition);
  const [first, last] = [run.journal[0], run.journal.at(-1)];
  expect(run.error?.code).toBe('workflow_deadline');
  expect((last?.at ?? 0) - (first?.at ?? 0)).toBeLessThan(7_217_000);
  expect(run.journal).toHaveLength(3);
});

test('a start that comes again carries out what the first turn left undone', async () => {
  const fleet = await createTestFleet({ agents: [fakeAgent('worker', { work: () => 1 })] });
  const { world, clock } = fleet.platform;
  const start = startRun(workflow([task('a')]));
  const now = clock.now();
  const { events } = decide(newRun(RUN_ID), [start], turnContext({ now, agents: await world.registry.agents() }));
  await world.journal.append(RUN_ID, { seq: 1, turnId: 'died', at: now, confirmed: 0, events });
  if (start.type !== 'start_run') throw new Error('a start is a start');
  const { definition, input, ...rest } = start.payload;
  const payload = JSON.parse(JSON.stringify({ ...rest, definition: { value: definition }, input: { value: input } }));
  const header: Header = {
    ...{ message_id: world.ids.uuid(), correlation_id: 'c', timestamp: new Date(now).toISOString() },
    ...{ sender: 'sweeper', receiver: 'coordinator', message_type: 'start_run', tenant: 'default' },
    ...{ priority: 2, ttl: 300, schema_version: 1 },
  };
  const messageSecurity = fleet.platform.securityOf('sweeper');
  const body = await encodeMessage({ header, payload }, { ...world, messageSecurity });
  const message = { body, groupId: RUN_ID, deduplicationId: world.ids.uuid() };
  await fleet.platform.queuesOf('sweeper').send(QUEUES.coordinator, [message]);
  const run = await fleet.ended(RUN_ID);
  expect(run.result).toEqual({ a: 1 });
});

describe('a list of lists', () => {
  const members = [
    task('one', { group: 'all', input: 0 }),
    task('many', { group: 'all', forEach: { items: [1, 2] }, input: '{% $item %}' }),
  ];
  const groups = { all: {} };

  test('of a group whose member is made for each item reaches expressions and agents', async () => {
    const seen: unknown[] = [];
    const worker = fakeAgent('worker', {
      work: (input: Json) => ({ page, input }),
      look: async (_, ctx) => {
        seen.push(await ctx.upstream());
      },
    });
    const fleet = await createTestFleet({ agents: [worker] });
    const tasks = [
      ...members,
      { id: 'said', value: '{% [$results.all[0].input, $results.all[1].input] %}', dependsOn: ['all'] },
      { id: 'look', type: 'look', dependsOn: ['all'] },
    ];
    const run = await fleet.run(workflow(tasks, { groups }));
    expect(run.result?.said).toEqual([0, 1, 2]);
    const [none, one, two] = [0, 1, 2].map((input) => ({ page, input }));
    expect(seen).toEqual([{ all: [none, [one, two]] }]);
  });

  test('has a vote for each of its tasks', async () => {
    const fleet = await createTestFleet({ agents: [fakeAgent('worker', { work: (input: Json) => input === 0 })] });
    const tasks = [...members, { id: 'vote', consensus: {}, dependsOn: ['all'] }];
    const run = await fleet.run(workflow(tasks, { groups }));
    expect(run.result?.vote).toMatchObject({ decision: false });
  });
});
