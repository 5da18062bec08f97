import { describe, expect, test } from '@jest/globals';
import { recoverMessage } from '../../../bin/cloud/recover.ts';
import { encodeMessage } from '../../../lambdas/runtime/message-codec.ts';
import type { ParkedMessage } from '../../../lambdas/runtime/ports.ts';
import { fakeAgent, sleep } from '../../../lambdas/testing/fake-agent.ts';
import { createTestFleet, type TestFleet } from '../../../lambdas/testing/test-fleet.ts';
import { workflow } from '../../support/factories.ts';

const MINUTE = 60_000;

/** A run whose only task an agent has, for ten minutes. */
async function underWay(effects: 'none' | 'outside' = 'none') {
  const begun: number[] = [];
  const agent = fakeAgent(
    'slow',
    {
      work: async (_, ctx) => {
        begun.push(ctx.attempt);
        await sleep(ctx, 10 * MINUTE);
        return 'done';
      },
    },
    { effects, timeoutSeconds: 800 },
  );
  const fleet = await createTestFleet({ agents: [agent] });
  const runId = await fleet.start(workflow([{ id: 'a', type: 'work', timeoutSeconds: 900 }], { lifecycle: 'queue' }));
  await fleet.advance(MINUTE);
  return { fleet, runId, begun };
}

/** What its agent was sent, as if its inbox had given it up. */
async function park(fleet: TestFleet, runId: string, attempt: number): Promise<ParkedMessage> {
  const { blobs, parkingLot } = fleet.platform.world;
  const messageSecurity = fleet.platform.securityOf('coordinator');
  const now = fleet.platform.clock.now();
  const header = {
    ...{ message_id: 'm', correlation_id: 'c', timestamp: new Date(now).toISOString(), sender: 'coordinator' },
    ...{ receiver: 'slow', message_type: 'task_assignment', priority: 2 as const, ttl: 900, tenant: 'default' },
    schema_version: 1 as const,
    ...{ attempt, not_after: now + 20 * MINUTE },
  };
  const task = { task_id: 'a', task_type: 'work', description: '', inputs: null, priority: 2, deadline: 1 };
  const message: ParkedMessage = {
    ...{ parkedId: `parked-${attempt}`, queue: 'slow', at: now, tenant: 'default', messageId: 'm' },
    ...{ messageType: 'task_assignment', runId, taskId: 'a', reason: 'it crashed' },
    body: await encodeMessage({ header, payload: { run_id: runId, task } }, { blobs, messageSecurity }),
  };
  await parkingLot.park(message);
  return message;
}

async function recover(fleet: TestFleet, message: ParkedMessage) {
  const { world, clock } = fleet.platform;
  const [agent] = await world.registry.agents();
  if (!agent) throw new Error('no agent is registered');
  const ports = { ...world, queues: fleet.platform.queuesOf('coordinator') };
  const recovered = await recoverMessage(message, agent, undefined, clock.now(), ports);
  await fleet.platform.time.settle();
  return { recovered, parked: await world.parkingLot.list(10) };
}

describe('Recovering an agent', () => {
  test('gives it a message of the attempt that is awaited, once', async () => {
    const { fleet, runId, begun } = await underWay();
    const { recovered, parked } = await recover(fleet, await park(fleet, runId, 1));
    expect(recovered).toEqual([
      { what: expect.stringContaining('a of run_'), said: 'sent to its inbox again', settled: true },
    ]);
    expect(parked).toEqual([]);
    expect(begun).toEqual([1, 1]);
    expect(await fleet.ended(runId)).toMatchObject({ status: 'completed', result: { a: 'done' } });
  });

  test('does not repeat outside work that is under way or done', async () => {
    const { fleet, runId, begun } = await underWay('outside');
    await recover(fleet, await park(fleet, runId, 1));
    expect(begun).toEqual([1]);
    expect(await fleet.ended(runId)).toMatchObject({ status: 'completed' });
  });

  test('leaves out an attempt that is not awaited any more, and a task that is over', async () => {
    const { fleet, runId, begun } = await underWay();
    const other = await recover(fleet, await park(fleet, runId, 7));
    expect(other.recovered[0]?.said).toBe('not needed: attempt 1 goes on without it');
    await fleet.ended(runId);
    const late = await recover(fleet, await park(fleet, runId, 1));
    expect(late.recovered[0]?.said).toBe('not needed: the task is completed');
    expect(late.parked).toEqual([]);
    expect(begun).toEqual([1]);
  });
});
