import { describe, expect, test } from '@jest/globals';
import { Budget, type BudgetInput } from '../../../lambdas/contracts/budget.ts';
import { fakeAgent } from '../../../lambdas/testing/fake-agent.ts';
import { createTestFleet } from '../../../lambdas/testing/test-fleet.ts';
import { runIdOf } from '../../../lambdas/workflow/run-identity.ts';
import { workflow } from '../../support/factories.ts';
import { payTool } from '../../support/tools/sample-tools.ts';

/**
 * A task spends half a dollar, an event is waited for, and another task spends as much; where it is the task that is bounded,
 * twice as much. Version 2 has another budget.
 */
async function halfway(before: BudgetInput, after: BudgetInput, where: 'run' | 'task' = 'run') {
  const { tool, paid } = payTool('none', () => 'paid', { usd: 0.5 });
  const shopper = fakeAgent(
    'shopper',
    {
      buy: async (times, ctx) => {
        for (let time = 0; time < Number(times); time += 1) await ctx.tool('pay', { to: 'bob', amount: 5 });
      },
    },
    { uses: { tools: ['pay'] } },
  );
  const version = (number: number, given: BudgetInput) => {
    const budget = Budget.parse(given);
    return workflow(
      [
        { id: 'one', type: 'buy', input: 1, escalate: 'fail' },
        { id: 'go', waitFor: { event: 'go' }, dependsOn: ['one'] },
        {
          id: 'other',
          type: 'buy',
          input: where === 'run' ? 1 : 2,
          dependsOn: ['go'],
          escalate: 'fail',
          ...(where === 'task' && { budget }),
        },
      ],
      { name: 'shop', version: number, lifecycle: 'queue', ...(where === 'run' && { budget }) },
    );
  };
  const first = version(1, before);
  const fleet = await createTestFleet({ agents: [shopper], tools: [tool], workflows: [first, version(2, after)] });
  const runId = await fleet.start(first);
  return {
    fleet,
    runId,
    paid,
    account: (part = '') => fleet.platform.world.accounts.read({ tenant: 'default', runId, part }),
  };
}

describe('A run whose definition is changed', () => {
  test('goes on after its budget was used up, by what the new one allows', async () => {
    const { fleet, runId, paid, account } = await halfway({ usd: 0.6 }, { usd: 1.2 });
    await fleet.signal(runId, 'go');
    expect(await fleet.ended(runId)).toMatchObject({ status: 'failed', error: { code: 'budget_exhausted' } });
    await fleet.resume(runId, { edit: { version: 2 } });
    expect((await fleet.ended(runId)).status).toBe('completed');
    expect(paid).toHaveLength(2);
    expect(await account()).toMatchObject({ limit: { micros: 1_200_000 }, left: { micros: 200_000 } });
  });

  test('gets no more than a lower budget allows, whatever the old one did', async () => {
    const { fleet, runId, paid, account } = await halfway({ usd: 2 }, { usd: 0.6 });
    await fleet.pause(runId);
    await fleet.resume(runId, { edit: { version: 2 } });
    expect(await account()).toMatchObject({ limit: { micros: 600_000 }, left: { micros: 100_000 } });
    await fleet.signal(runId, 'go');
    expect(await fleet.ended(runId)).toMatchObject({
      status: 'failed',
      error: { code: 'budget_exhausted', details: { allowed: 0.6, left: 0.1, wanted: 0.5 } },
    });
    expect(paid).toHaveLength(1);
  });

  test('opens a budget again that a person had closed', async () => {
    const { fleet, runId } = await halfway({ usd: 0.6, atLimit: 'ask' }, { usd: 1, atLimit: 'ask' });
    await fleet.signal(runId, 'go');
    const asked = fleet.events.flatMap((event) => (event.name === 'decision_requested' ? [event.detail] : []))[0];
    await fleet.decide(runId, asked?.task_id ?? '', 'stop', 'ben', { digest: asked?.digest ?? '' });
    expect(await fleet.ended(runId)).toMatchObject({ status: 'failed', error: { code: 'budget_exhausted' } });
    await fleet.resume(runId, { edit: { version: 2 } });
    expect((await fleet.ended(runId)).status).toBe('completed');
  });

  test('has the new budgets of its tasks, too: what one of them had spent counts on when it begins anew', async () => {
    const { fleet, runId, paid, account } = await halfway({ usd: 0.6 }, { usd: 1.5 }, 'task');
    await fleet.signal(runId, 'go');
    expect(await fleet.ended(runId)).toMatchObject({ status: 'failed', error: { code: 'budget_exhausted' } });
    await fleet.resume(runId, { edit: { version: 2 } });
    expect((await fleet.ended(runId)).status).toBe('completed');
    expect(await account('other')).toMatchObject({ limit: { micros: 1_500_000 }, left: { micros: 0 } });
    expect(paid).toHaveLength(4);
  });

  test('may be a fork: it begins with accounts of its own, by the new definition', async () => {
    const { fleet, runId } = await halfway({ usd: 0.6 }, { usd: 0.4 });
    await fleet.platform.publish(
      {
        name: 'workflow_fork_requested',
        detail: {
          ...{ workflow_id: runId, request_id: 'fork-1', at: 0, effects: 'allowed', reason: '', requested_by: 'ann' },
          edit: { version: 2 },
        },
      },
      'test',
    );
    expect(await fleet.ended(runIdOf('default', 'fork-1'))).toMatchObject({
      status: 'failed',
      error: { code: 'budget_exhausted', details: { allowed: 0.4, left: 0.4, wanted: 0.5 } },
    });
  });
});
