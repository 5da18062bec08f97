import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { WorkflowDefinition } from '../../../lambdas/contracts/workflow-definition.ts';
import { Throttled } from '../../../lambdas/runtime/models/errors.ts';
import { fakeAgent } from '../../../lambdas/testing/fake-agent.ts';
import { scriptedModel } from '../../../lambdas/testing/scripted-model.ts';
import { createTestFleet } from '../../../lambdas/testing/test-fleet.ts';

const workflow = WorkflowDefinition.parse({ name: 'ask', tasks: [{ id: 'ask', type: 'ask', input: {} }] });
const uses = { models: ['fast'] };

describe('a fleet with a scripted model', () => {
  test('runs an agent that asks it', async () => {
    const fast = scriptedModel(['Hello there.', { json: { name: 'Tom' } }]);
    const agent = fakeAgent(
      'asker',
      {
        ask: async (_, ctx) => {
          const { text } = await ctx.model('fast').generate({ prompt: 'Say hello' });
          const { object } = await ctx.model('fast').object({ prompt: 'A name?' }, z.object({ name: z.string() }));
          return { text, name: object.name };
        },
      },
      { uses },
    );
    const fleet = await createTestFleet({ agents: [agent], workflows: [workflow], models: { fast } });
    const run = await fleet.run('ask');
    expect(run.status).toBe('completed');
    expect(run.result).toEqual({ ask: { text: 'Hello there.', name: 'Tom' } });
    expect(fast.asked.map(({ schema }) => schema !== undefined)).toEqual([false, true]);
  });

  test('puts the task back while the model is busy, without spending a retry', async () => {
    const fast = scriptedModel((_, count) => (count <= 5 ? new Throttled('slow down', 60) : 'At last.'));
    const agent = fakeAgent(
      'asker',
      { ask: async (_, ctx) => (await ctx.model('fast').generate({ prompt: 'Say hello' })).text },
      { uses, retry: { maxAttempts: 1 } },
    );
    const fleet = await createTestFleet({ agents: [agent], workflows: [workflow], models: { fast } });
    const began = fleet.platform.world.clock.now();
    const run = await fleet.run('ask');
    expect(run).toMatchObject({ status: 'completed', result: { ask: 'At last.' } });
    expect(fast.asked).toHaveLength(6);
    expect(fleet.platform.world.clock.now() - began).toBeGreaterThanOrEqual(300_000);
  });
});
