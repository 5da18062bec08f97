import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../lambdas/contracts/json.ts';
import { attemptsOf, type EndedRun, ProbeRuns, taskOf } from '../support/probe/probe-runs.ts';

let probe: ProbeRuns;
const cases = new Map<string, Promise<EndedRun>>();

/** The runs that no test has to touch go on together, while the first tests look at the first of them. */
beforeAll(async () => {
  probe = await ProbeRuns.listeningTo(
    ...['agent_failure', 'task_degraded', 'decision_requested', 'workflow_compensating'],
    ...['workflow_completed', 'workflow_failed', 'workflow_cancelled'],
  );
  for (const [name, wanted] of Object.entries(UNTOUCHED)) {
    const ended = probe.run(wanted);
    ended.catch(() => {}); // the test that looks at it will say so
    cases.set(name, ended);
  }
});
afterAll(() => probe?.close());

const fail = (errorClass: string, more: JsonObject = {}): JsonObject => ({ fail: { class: errorClass, ...more } });
const shared = (id: string, input: JsonObject, more: JsonObject = {}): JsonObject => ({
  ...{ id, type: 'probe.shared', input },
  ...more,
});
const gather = (...dependsOn: string[]): JsonObject => ({ id: 'gather', type: 'probe.gather', dependsOn });

const UNTOUCHED = {
  alternative: [shared('a', fail('non_recoverable', { attempts: 1 }))],
  'fallback by value': [
    shared('a', fail('non_recoverable'), {
      fallback: { value: { from: '{% $input.place ? $input.place : "afar" %}' } },
    }),
  ],
  'fallback by type': [
    { id: 'a', type: 'probe.broken', fallback: { type: 'probe.echo', input: { stood: 'in' } } },
    gather('a'),
  ],
  optional: [shared('a', fail('data'), { optional: true }), { id: 'b', type: 'probe.noop' }, gather('a', 'b')],
  'bad data': [shared('a', fail('data'), { retry: { maxAttempts: 5 }, fallback: { value: 'never' } })],
  'retry budget': {
    retryBudget: { reserve: 2, ratio: 0 },
    escalate: 'fail',
    tasks: [shared('a', fail('recoverable'), { retry: { maxAttempts: 9, intervalSeconds: 0 } })],
  },
} satisfies Record<string, JsonObject[] | (JsonObject & { tasks: JsonObject[] })>;

async function ended(name: keyof typeof UNTOUCHED): Promise<EndedRun> {
  const run = await cases.get(name);
  if (!run) throw new Error(`the run "${name}" was not asked for`);
  return run;
}

describe('a permanent error', () => {
  test('sends the task to another agent that can do it', async () => {
    const run = await ended('alternative');
    expect(run.status).toBe('completed');
    const [first, second, ...others] = attemptsOf(run, 'a');
    expect([first?.outcome, second?.outcome, others]).toEqual(['failed', 'completed', []]);
    expect(second?.agent).not.toBe(first?.agent);
    expect(run.result).toMatchObject({ agent: second?.agent, attempt: 2 });
  });

  test('is tried with every agent once; then the fixed value of the fallback stands in, marked as such', async () => {
    const run = await ended('fallback by value');
    expect(run.status).toBe('completed');
    const agents = attemptsOf(run, 'a').map(({ agent }) => agent);
    expect(agents.sort()).toEqual(['probe-alpha', 'probe-beta', 'probe-gamma']);
    expect(run.result).toEqual({ from: 'afar' });
    expect(await probe.event('workflow_completed', run.runId)).toMatchObject({
      degraded: [{ task_id: 'a', how: 'fallback', error: { code: 'ordered' } }],
    });
  });

  test('hands the task to work of another type, if the fallback says so', async () => {
    const run = await ended('fallback by type');
    expect(run.result).toEqual({ a: { stood: 'in' } });
    expect(attemptsOf(run, 'a').map(({ outcome }) => outcome)).toEqual(['failed', 'completed']);
    expect(taskOf(run, 'a').degraded).toBe('fallback');
    expect(await probe.event('task_degraded', run.runId)).toMatchObject({ task_id: 'a', how: 'fallback' });
  });

  test('is answered with the last good result of that task, as long as it is fresh enough', async () => {
    const name = `probe.cached-${randomUUID()}`;
    const price = (input: JsonObject, cachedSeconds = 600): JsonObject & { tasks: JsonObject[] } => ({
      name,
      tasks: [shared('price', input, { agent: 'probe-beta', fallback: { cachedSeconds } })],
    });
    const empty = await probe.run(price(fail('non_recoverable')));
    expect(empty).toMatchObject({ status: 'failed', error: { code: 'ordered' } });
    const good = await probe.run(price({ say: 42 }));
    await probe.event('workflow_completed', good.runId);
    const [cached, stale] = await Promise.all([
      probe.run(price(fail('non_recoverable'))),
      probe.run(price(fail('non_recoverable'), 0.001)),
    ]);
    expect(cached).toMatchObject({ status: 'completed', result: good.result });
    expect(await probe.event('workflow_completed', cached.runId)).toMatchObject({
      degraded: [{ task_id: 'price', how: 'cached' }],
    });
    expect(stale).toMatchObject({ status: 'failed', error: { message: expect.stringContaining('older than') } });
  });
});

describe('a failure', () => {
  test('of an optional task leaves its run going, which says what is missing', async () => {
    const run = await ended('optional');
    expect(run).toMatchObject({ status: 'completed', result: { b: null } });
    expect(run.result).not.toHaveProperty('a');
    expect(await probe.event('workflow_completed', run.runId)).toMatchObject({
      degraded: [{ task_id: 'a', how: 'missing', error: { class: 'data' } }],
    });
  });

  test('by bad data is tried once: no retry, no other agent, no fallback', async () => {
    const run = await ended('bad data');
    expect(attemptsOf(run, 'a')).toEqual([{ agent: expect.any(String), outcome: 'failed' }]);
    expect(await probe.event('workflow_failed', run.runId)).toMatchObject({
      task_id: 'a',
      error: { code: 'ordered', class: 'data' },
    });
    expect(await probe.heard('agent_failure', run.runId)).toMatchObject([{ will_retry: false }]);
  });

  test('is retried as long as the retry budget of the run lasts', async () => {
    const run = await ended('retry budget');
    expect(run).toMatchObject({
      status: 'failed',
      error: { code: 'retry_budget_exhausted', details: { cause: 'ordered' } },
    });
    expect(attemptsOf(run, 'a')).toHaveLength(1 + 2);
  });

  test('is put before a person where the definition says so, who may leave the task out or let the run fail', async () => {
    const wanted = {
      escalate: 'person',
      tasks: [shared('a', fail('recoverable'), { retry: { maxAttempts: 1 } }), gather('a')],
    };
    const [skipping, failing] = await Promise.all([probe.start(wanted), probe.start(wanted)]);
    for (const [runId, decision] of [
      [skipping, 'skip'],
      [failing, 'fail'],
    ] as const) {
      expect(await probe.event('decision_requested', runId)).toMatchObject({
        task_id: 'a',
        options: ['retry', 'skip', 'complete', 'fail'],
        error: { code: 'ordered' },
      });
      await probe.decide(runId, 'a', decision);
    }
    expect(await probe.ended(skipping)).toMatchObject({ status: 'completed', result: {} });
    expect(await probe.event('workflow_completed', skipping)).toMatchObject({ degraded: [{ how: 'missing' }] });
    expect(await probe.ended(failing)).toMatchObject({ status: 'failed', error: { code: 'ordered' }, failedTask: 'a' });
  });
});

describe('a run that fails', () => {
  test('takes back what it did, the last first, and what could not be taken back is told', async () => {
    const broken = { fail: { class: 'data' } };
    const [run, worse] = await Promise.all([
      probe.run('probe.trip', { input: { flight: broken.fail } }),
      probe.run('probe.trip', { input: { flight: broken.fail, car_undo: broken.fail } }),
    ]);
    expect(run).toMatchObject({ status: 'failed', error: { code: 'ordered' }, failedTask: 'flight' });
    const undone = ['car.undo', 'hotel.undo'].map((id) => taskOf(run, id));
    expect(undone).toMatchObject([{ status: 'completed' }, { status: 'completed' }]);
    expect(undone[0]?.endedAt).toBeLessThanOrEqual(undone[1]?.dispatchedAt ?? 0);
    expect(undone.map(({ result }) => result)).toMatchObject([
      { value: { say: 'not: car is booked' } },
      { value: { say: 'not: hotel is booked' } },
    ]);
    expect(await probe.event('workflow_compensating', run.runId)).toMatchObject({ tasks: 2 });
    expect(await probe.event('workflow_failed', run.runId)).toMatchObject({
      compensation: { undone: ['car', 'hotel'], failed: [] },
    });
    expect(await probe.event('workflow_failed', worse.runId)).toMatchObject({
      error: { code: 'ordered', message: expect.stringContaining('told to fail') },
      compensation: { undone: ['hotel'], failed: [{ task_id: 'car', error: { class: 'data' } }] },
    });
  });

  test('because it was cancelled takes back what it did as well', async () => {
    const runId = await probe.start([
      shared('a', { say: 1 }, { undo: { type: 'probe.noop' } }),
      { id: 'wait', waitFor: { event: 'never' }, dependsOn: ['a'] },
    ]);
    await probe.task(runId, 'wait', ({ status }) => status === 'suspended');
    await probe.cloud.publish('workflow_cancel_requested', { workflow_id: runId, reason: 'changed my mind' });
    const run = await probe.ended(runId);
    expect(run).toMatchObject({ status: 'cancelled', reason: 'changed my mind' });
    expect(run.tasks.map(({ id, status }) => [id, status])).toEqual([
      ['a', 'completed'],
      ['wait', 'cancelled'],
      ['a.undo', 'completed'],
    ]);
    expect(await probe.event('workflow_cancelled', runId)).toMatchObject({ compensation: { undone: ['a'] } });
  });
});
