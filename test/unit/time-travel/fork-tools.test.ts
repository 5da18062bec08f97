import { describe, expect, test } from '@jest/globals';
import type { BusEventDetail } from '../../../lambdas/contracts/bus-events.ts';
import type { Json } from '../../../lambdas/contracts/json.ts';
import type { ToolEffects } from '../../../lambdas/contracts/tool-names.ts';
import { fakeAgent } from '../../../lambdas/testing/fake-agent.ts';
import { createTestFleet } from '../../../lambdas/testing/test-fleet.ts';
import { runIdOf } from '../../../lambdas/workflow/run-identity.ts';
import { workflow } from '../../support/factories.ts';
import { payTool } from '../../support/tools/sample-tools.ts';

type ForkRequest = Partial<Pick<BusEventDetail<'workflow_fork_requested'>, 'effects' | 'edit'>> & {
  request_id?: string;
};

/** An agent, which says nothing of effects, pays by a tool. Its first run has paid bob. */
async function shop(effects: ToolEffects) {
  const { tool, paid } = payTool(effects);
  const clerk = fakeAgent(
    'clerk',
    { settle: async (input: Json, ctx) => ({ paid: await ctx.tool('pay', input) }) },
    { uses: { tools: ['pay'] } },
  );
  const settle = { id: 'settle', type: 'settle', input: '{% $input %}' };
  const fleet = await createTestFleet({
    agents: [clerk],
    tools: [tool],
    workflows: [workflow([settle], { name: 'shop', lifecycle: 'queue' })],
  });
  const first = await fleet.run('shop', { to: 'bob', amount: 5 });
  paid.length = 0;

  async function fork(from: string, request: ForkRequest = {}): Promise<string> {
    const detail = {
      ...{ workflow_id: from, request_id: 'fork-1', at: 0, reason: '', requested_by: 'ann' },
      effects: 'recorded' as const,
      ...request,
    };
    await fleet.platform.publish({ name: 'workflow_fork_requested', detail }, 'test');
    await fleet.platform.time.settle();
    return runIdOf('default', detail.request_id);
  }

  const questions = () => fleet.events.flatMap((event) => (event.name === 'decision_requested' ? [event.detail] : []));

  /** Answers the only question that there is. */
  async function answer(decision: string, comment?: string): Promise<void> {
    const [asked] = questions();
    if (!asked) throw new Error('nobody was asked');
    const { workflow_id, task_id, digest } = asked;
    await fleet.decide(workflow_id, task_id, decision, 'ben', {
      ...(comment !== undefined && { comment }),
      ...(digest !== undefined && { digest }),
    });
  }

  return { fleet, first, paid, fork, questions, answer };
}

const another = { edit: { input: { to: 'eve', amount: 9 } } };

describe('A tool with outside effects, in a fork that only records them,', () => {
  test('is not used: the call answers what it answered in the first run', async () => {
    const { fleet, first, paid, fork, questions } = await shop('outside');
    const forked = await fleet.ended(await fork(first.runId));
    expect(forked).toMatchObject({ status: 'completed', result: { settle: { paid: { receipt: 'receipt 1' } } } });
    expect([paid, questions()]).toEqual([[], []]);
  });

  test('answers so in a fork of the fork, too', async () => {
    const { fleet, first, paid, fork, questions } = await shop('outside');
    const second = await fleet.ended(await fork(first.runId));
    const third = await fleet.ended(await fork(second.runId, { request_id: 'fork-2' }));
    expect(third).toMatchObject({ status: 'completed', result: first.result });
    expect([paid, questions()]).toEqual([[], []]);
  });

  test('asks a person what it answers to a call that the first run never made', async () => {
    const { fleet, first, paid, fork, questions, answer } = await shop('outside');
    const runId = await fork(first.runId, another);
    expect(questions()).toMatchObject([
      {
        workflow_id: runId,
        question: expect.stringContaining('has no such call on record'),
        options: ['done', 'fail'],
        shows: { tool: 'pay', arguments: '{"amount":9,"to":"eve"}' },
      },
    ]);
    await answer('done', '{"receipt": "by hand"}');
    expect(await fleet.ended(runId)).toMatchObject({
      status: 'completed',
      result: { settle: { paid: { receipt: 'by hand' } } },
    });
    expect(paid).toEqual([]);
  });

  test('fails when that person knows no answer', async () => {
    const { fleet, first, paid, fork, answer } = await shop('outside');
    const runId = await fork(first.runId, another);
    await answer('fail');
    expect(await fleet.ended(runId)).toMatchObject({
      status: 'failed',
      error: { code: 'tool_not_recorded', message: expect.stringMatching(/the tool "pay" .*; ben lets it fail/) },
    });
    expect(paid).toEqual([]);
  });
});

describe('A tool', () => {
  test('that is idempotent has no record of its calls, and is not used either: a person is asked', async () => {
    const { fleet, first, paid, fork, answer } = await shop('idempotent');
    const runId = await fork(first.runId);
    await answer('done', '{"receipt": "receipt 1"}');
    expect(await fleet.ended(runId)).toMatchObject({ status: 'completed', result: first.result });
    expect(paid).toEqual([]);
  });

  test('without effects is used in every fork', async () => {
    const { fleet, first, paid, fork } = await shop('none');
    expect((await fleet.ended(await fork(first.runId, another))).status).toBe('completed');
    expect(paid).toMatchObject([{ to: 'eve' }]);
  });

  test.each(['outside', 'idempotent'] as const)(
    'with effects %s is used where the fork allows them',
    async (effects) => {
      const { fleet, first, paid, fork } = await shop(effects);
      expect((await fleet.ended(await fork(first.runId, { effects: 'allowed' }))).status).toBe('completed');
      expect(paid).toMatchObject([{ to: 'bob' }]);
    },
  );
});
