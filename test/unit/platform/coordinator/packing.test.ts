import { describe, expect, test } from '@jest/globals';
import { RecoverableError } from '../../../../lambdas/contracts/errors.ts';
import { unpackBody } from '../../../../lambdas/runtime/message-pack.ts';
import type { OutgoingMessage } from '../../../../lambdas/runtime/ports.ts';
import { type FakeTask, fakeAgent } from '../../../../lambdas/testing/fake-agent.ts';
import { createTestFleet } from '../../../../lambdas/testing/test-fleet.ts';
import { task, workflow } from '../../../support/factories.ts';

type Manifest = Parameters<typeof fakeAgent>[2];

/** How many tasks each assignment message carried, for a run of `width` independent tasks. */
async function carried(width: number, manifest: Manifest = {}, work: FakeTask = () => null): Promise<number[]> {
  const sizes: number[] = [];
  const fleet = await createTestFleet({
    agents: [fakeAgent('worker', { work }, { timeoutSeconds: 10, ...manifest })],
    hooks: {
      call({ process, port, method, args }) {
        const [url, messages] = args;
        if (process === 'coordinator' && port === 'queues' && method === 'send' && String(url).includes('worker'))
          sizes.push(...(messages as OutgoingMessage[]).map(({ body }) => unpackBody(body).length));
        return undefined;
      },
    },
  });
  const tasks = Array.from({ length: width }, (_, index) => task(`t${index}`));
  const run = await fleet.run(workflow(tasks, { retryBudget: { reserve: width, ratio: 0 } }));
  expect(run.status).toBe('completed');
  return sizes;
}

const most = (sizes: readonly number[]): number => Math.max(...sizes);

describe('a message to an agent', () => {
  test('carries one task as long as the agent can work on all of them at once', async () => {
    expect(await carried(40, { concurrency: 4 })).toEqual(Array.from({ length: 40 }, () => 1));
  });

  test('carries as many as keep the agent busy when there are more, at most ten', async () => {
    expect(most(await carried(81, { concurrency: 4 }))).toBe(3);
    expect(most(await carried(900, { concurrency: 4 }))).toBe(10);
  });

  test('carries one task when it may have outside effects, or takes long', async () => {
    expect(most(await carried(100, { concurrency: 4, effects: 'outside' }))).toBe(1);
    expect(most(await carried(100, { concurrency: 4, timeoutSeconds: 30 }))).toBe(1);
  });

  test('carries one task when it is not the first attempt, or the only one', async () => {
    const failed = new Set<string>();
    const failOnce: FakeTask = (_, ctx) => {
      if (failed.has(ctx.taskId)) return null;
      failed.add(ctx.taskId);
      throw new RecoverableError('first', 'the first attempt fails');
    };
    const sizes = await carried(120, { concurrency: 4 }, failOnce);
    expect(sizes.filter((size) => size === 1)).toHaveLength(120);
    expect(sizes.filter((size) => size > 1).reduce((sum, size) => sum + size, 0)).toBe(120);
    expect(most(await carried(100, { concurrency: 4, retry: { maxAttempts: 1 } }))).toBe(1);
  });
});
