import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../lambdas/contracts/json.ts';
import type { RunView } from '../../lambdas/views/run-view.ts';
import { mostAtOnce, ProbeRuns } from '../support/probe/probe-runs.ts';

let probe: ProbeRuns;

beforeAll(async () => {
  probe = await ProbeRuns.listeningTo('workflow_completed', 'workflow_rejected');
});
afterAll(() => probe?.close());

const statusesOf = ({ tasks }: Pick<RunView, 'tasks'>): Record<string, string> =>
  Object.fromEntries(tasks.map(({ id, status }) => [id, status]));
const gather = (id: string, ...dependsOn: string[]): JsonObject => ({ id, type: 'probe.gather', dependsOn });

describe('a condition', () => {
  test('that is false skips its task and what hangs on nothing else; a merge goes on', async () => {
    const run = await probe.run(
      [
        { id: 'large', type: 'probe.noop', when: '{% $input.rows > 100 %}' },
        { id: 'small', type: 'probe.echo', input: 'few', when: '{% $input.rows <= 100 %}' },
        { id: 'after-large', type: 'probe.noop', dependsOn: ['large'] },
        gather('merge', 'after-large', 'small'),
      ],
      { input: { rows: 7 } },
    );
    expect(statusesOf(run)).toEqual({
      large: 'skipped',
      small: 'completed',
      'after-large': 'skipped',
      merge: 'completed',
    });
    expect(run.result).toEqual({ small: 'few' });
  });

  test('that is neither true nor false is bad data', async () => {
    const run = await probe.run([{ id: 'a', type: 'probe.noop', when: '{% $input.rows %}' }], { input: { rows: 7 } });
    expect(run).toMatchObject({ status: 'failed', error: { code: 'invalid_condition', class: 'data' } });
  });
});

describe('a task for each item', () => {
  test('has its own tasks, so many at once, and answers the list of theirs: null for what may fail', async () => {
    const fail = '{% $item = "bad" ? { "class": "data" } : null %}';
    const run = await probe.run(
      [
        {
          ...{ id: 'work', type: 'probe.shared' },
          forEach: { items: '{% $input.items %}', limit: 2, tolerate: 1 },
          input: { say: '{% $item & $string($index) %}', work: { ms: 200 }, fail },
        },
        { id: 'list', value: '{% $results.work.($ ? say : "none") %}', dependsOn: ['work'] },
      ],
      { input: { items: ['a', 'bad', 'c', 'd'] } },
    );
    expect(run.result).toEqual(['a0', 'none', 'c2', 'd3']);
    expect(mostAtOnce(run.tasks.filter(({ parent }) => parent === 'work'))).toBe(2);
    const degraded = [{ task_id: 'work.1', how: 'missing' }];
    expect(await probe.event('workflow_completed', run.runId)).toMatchObject({ degraded });
  });

  test('fails its run when more fail than may, and takes its other tasks along; of nothing it is done at once', async () => {
    const each = (items: string[]): JsonObject[] => [
      {
        ...{ id: 'work', type: 'probe.shared', forEach: { items } },
        input: {
          fail: '{% $item = "bad" ? { "class": "data" } : null %}',
          work: '{% $item = "bad" ? null : { "ms": 2000 } %}',
        },
      },
    ];
    const [run, none] = await Promise.all([probe.run(each(['bad', 'good'])), probe.run(each([]))]);
    expect(run).toMatchObject({ status: 'failed', error: { message: expect.stringMatching(/^item 0: /) } });
    expect(statusesOf(run)).toEqual({ work: 'failed', 'work.0': 'failed', 'work.1': 'cancelled' });
    expect(none).toMatchObject({ status: 'completed', result: [] });
  });

  test('may be another workflow', async () => {
    const run = await probe.run([
      {
        ...{ id: 'children', workflow: { name: 'probe.child' }, forEach: { items: ['x', 'y'] } },
        input: { orders: { say: '{% $item %}' } },
      },
    ]);
    expect(run.result).toMatchObject([{ work: { say: 'x' } }, { work: { say: 'y' } }]);
  });
});

describe('a group', () => {
  test('is waited for as a whole, works at so many at once, and bears so many failures', async () => {
    const member = (id: string, input: JsonObject = {}): JsonObject => ({
      ...{ id, type: 'probe.shared', group: 'few' },
      input: { say: id, work: { ms: 200 }, ...input },
    });
    const run = await probe.run({
      groups: { few: { limit: 2, tolerate: 1 } },
      tasks: [
        member('a'),
        member('b', { fail: { class: 'data' } }),
        member('c'),
        member('d'),
        { id: 'all', value: '{% $results.few.say %}', dependsOn: ['few'] },
      ],
    });
    expect(run.result).toEqual(['a', 'c', 'd']);
    expect(mostAtOnce(run.tasks.filter(({ id }) => id !== 'all'))).toBe(2);
  });
});

test('a value is computed from what is known, without an agent', async () => {
  const run = await probe.run(
    [
      { id: 'twice', value: { n: '{% $input.n * 2 %}' } },
      { id: 'thrice', value: '{% $results.twice.n + $input.n %}', dependsOn: ['twice'] },
    ],
    { input: { n: 7 } },
  );
  expect(run.result).toBe(21);
  expect(run.tasks.flatMap(({ attempts }) => attempts)).toEqual([]);
});

test('a participant sees what it is let see: fields of the input, results of what it depends on', async () => {
  const run = await probe.run(
    [
      { id: 'open', type: 'probe.echo', input: 'open' },
      { id: 'secret', type: 'probe.echo', input: 'secret' },
      {
        ...{ id: 'narrow', type: 'probe.shared', dependsOn: ['open', 'secret'] },
        sees: { input: ['public'], results: ['open'] },
        input: { say: '{% [$keys($input), $keys($results)] %}' },
      },
    ],
    { input: { public: 1, private: 2 } },
  );
  expect(run.result).toMatchObject({ say: ['public', 'open'], saw: { open: 'open' } });
  expect(JSON.stringify(run.result)).not.toContain('secret');
});

test('a definition that can not work is rejected with the place of the fault', async () => {
  const requestId = randomUUID();
  await probe.start([{ id: 'a', type: 'probe.noop', when: '{% $input.rows > %}' }], { requestId });
  expect(await probe.event('workflow_rejected', requestId)).toMatchObject({ field: 'definition.tasks.0.when' });
});
