import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { fakeAgent } from '../../../lambdas/testing/fake-agent.ts';
import { createTestFleet } from '../../../lambdas/testing/test-fleet.ts';
import { workflow } from '../../support/factories.ts';

test('a handler that does something real, and then needs the platform, is not left waiting until patience ends', async () => {
  const reader = fakeAgent(
    'reader',
    {
      read: async (_, ctx) => {
        const { length } = await readFile('package.json', 'utf8');
        const remembered = await ctx.step('length', () => length);
        await readFile('package.json');
        const answer = await ctx.call('answer', remembered);
        return { remembered, answer };
      },
      answer: (input) => input,
    },
    { uses: { steps: true } },
  );
  // Longer than this test may take: waiting it out would fail it.
  const fleet = await createTestFleet({ agents: [reader], patienceMs: 3_600_000 });
  const run = await fleet.run(workflow([{ id: 'a', type: 'read' }]));
  expect(run.status).toBe('completed');
  expect(run.result?.a).toEqual({ remembered: expect.any(Number), answer: expect.any(Number) });
  fleet.stop();
});
