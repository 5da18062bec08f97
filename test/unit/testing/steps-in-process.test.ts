import { afterEach, describe, expect, test } from '@jest/globals';
import type { WorkflowDefinition } from '../../../lambdas/contracts/workflow-definition.ts';
import { fakeAgent } from '../../../lambdas/testing/fake-agent.ts';
import { createTestFleet, type TestFleet } from '../../../lambdas/testing/test-fleet.ts';
import { workflow } from '../../support/factories.ts';

let fleet: TestFleet | undefined;
afterEach(() => fleet?.stop());

const steps = { uses: { steps: true } };
const one = (overrides: Partial<WorkflowDefinition> = {}) =>
  workflow([{ id: 'a', type: 'work' }], { name: 'one', ...overrides });

describe('what an agent passes on', () => {
  test('is data, even where it looks like an expression over the input of its run', async () => {
    const evil = { text: '{% $input.secret %}', list: ['{%$input%}', '{% "quoted \\" " %}'] };
    const worker = fakeAgent(
      'worker',
      {
        work: async (_, ctx) => {
          const { decision } = await ctx.ask({ question: '{% $input.secret %}', shows: evil });
          return { decision, called: await ctx.call('echo', evil) };
        },
      },
      steps,
    );
    const helper = fakeAgent('helper', { echo: (input) => input });
    fleet = await createTestFleet({ agents: [worker, helper], workflows: [one()] });
    const runId = await fleet.start('one', { secret: 'the password' });
    const { tasks, events } = await fleet.look(runId);
    const asked = Object.keys(tasks).find((id) => id.includes('-ask-')) ?? '';
    const requested = events.find(({ name }) => name === 'decision_requested');
    expect(requested?.detail).toMatchObject({ question: '{% $input.secret %}', shows: evil });
    const digest = String((requested?.detail as { digest?: string } | undefined)?.digest);
    await fleet.decide(runId, asked, 'approve', 'ann', { digest });
    expect((await fleet.ended(runId)).result).toEqual({ a: { decision: 'approve', called: evil } });
  });
});

describe('agents with steps on the platform in this process', () => {
  test('wait without being there, and go on with their steps done', async () => {
    const done: string[] = [];
    const worker = fakeAgent(
      'worker',
      {
        work: async (_, ctx) => {
          await ctx.step('before', () => done.push('before'));
          await ctx.wait({ seconds: 3_600 });
          await ctx.step('after', () => done.push('after'));
          return { attempt: ctx.attempt, done: done.length };
        },
      },
      steps,
    );
    fleet = await createTestFleet({ agents: [worker], workflows: [one({ timeoutSeconds: 86_400 })] });
    const run = await fleet.run('one');
    expect(run).toMatchObject({ status: 'completed', result: { a: { attempt: 2, done: 2 } } });
    expect(run.tasks['a..2-sleep']).toMatchObject({ status: 'completed' });
    expect(done).toEqual(['before', 'after']);
  });

  test('ask, call and delegate', async () => {
    const worker = fakeAgent(
      'worker',
      {
        work: async (_, ctx) => {
          const { decision, decided_by } = await ctx.ask({ question: 'Go on?' });
          const called = await ctx.call('echo', { decision });
          const done = await ctx.delegate([
            { id: 'left', type: 'echo', input: 1 },
            { id: 'right', type: 'echo', input: '{% $results.left + 1 %}', dependsOn: ['left'] },
            { id: 'bad', type: 'fail' },
          ]);
          const { left, right, bad } = done;
          return {
            ...{ decided_by, called },
            left: left && 'result' in left ? left.result : null,
            right: right && 'result' in right ? right.result : null,
            bad: bad && 'error' in bad ? bad.error.message : null,
          };
        },
      },
      steps,
    );
    const helper = fakeAgent('helper', {
      echo: (input) => input,
      fail: () => {
        throw new Error('never');
      },
    });
    fleet = await createTestFleet({
      agents: [worker, helper],
      workflows: [one({ retryBudget: { reserve: 0, ratio: 0 } })],
    });
    const runId = await fleet.start('one');
    const asked = Object.values((await fleet.look(runId)).tasks).find(({ id }) => id.includes('-ask-'));
    await fleet.decide(runId, asked?.id ?? '', 'approve', 'ann');
    const run = await fleet.ended(runId);
    expect(run).toMatchObject({ status: 'completed' });
    expect(run.result).toMatchObject({
      a: { decided_by: 'ann', called: { decision: 'approve' }, left: 1, right: 2, bad: expect.any(String) },
    });
  });
});
