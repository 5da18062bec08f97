import { describe, expect, test } from '@jest/globals';
import { RecoverableError } from '../../../../lambdas/contracts/errors.ts';
import { unpackBody } from '../../../../lambdas/runtime/message-pack.ts';
import { task, workflow } from '../../../support/factories.ts';
import { createFleet } from '../../../support/fleet.ts';
import { workAgent } from '../../../support/no-op-agent.ts';

type Overrides = Parameters<typeof workAgent>[1];

/** How many tasks each assignment message carried, for a run of `width` independent tasks. */
async function carried(width: number, overrides: Overrides = {}, handle: Parameters<typeof workAgent>[0] = () => null) {
  const sizes: number[] = [];
  const fleet = createFleet({ agents: [workAgent(handle, { timeoutSeconds: 10, ...overrides })] });
  const { queues } = fleet.ports;
  const send: typeof queues.send = async (url, messages) => {
    if (url.includes('worker')) sizes.push(...messages.map(({ body }) => unpackBody(body).length));
    await queues.send(url, messages);
  };
  Object.assign(fleet.ports, { queues: { ...queues, send } });
  await fleet.start(workflow(Array.from({ length: width }, (_, index) => task(`t${index}`))));
  await fleet.settle(60_000);
  expect((await fleet.state()).phase).toBe('completed');
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
    const failOnce: Parameters<typeof workAgent>[0] = (_, ctx) => {
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
