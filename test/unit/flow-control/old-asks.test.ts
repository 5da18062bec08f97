import { describe, expect, test } from '@jest/globals';
import type { Admission } from '../../../lambdas/contracts/flow-control.ts';
import type { Json } from '../../../lambdas/contracts/json.ts';
import type { QueueRecord } from '../../../lambdas/runtime/queue-record.ts';
import { fakeAgent, sleep } from '../../../lambdas/testing/fake-agent.ts';
import { QUEUES } from '../../../lambdas/testing/queue-urls.ts';
import { createTestFleet } from '../../../lambdas/testing/test-fleet.ts';
import { task, workflow } from '../../support/factories.ts';

/** Runs of a task of ten seconds; `again` brings the first ask of a run once more, as a redrive does. */
async function fleetWith(admission: Admission) {
  const asks = new Map<string, QueueRecord>();
  const seen: Json[] = [];
  const agent = fakeAgent('worker', {
    work: async (input, ctx) => {
      seen.push(input);
      await sleep(ctx, 10_000);
      return input;
    },
  });
  const definition = workflow([task('t', { input: '{% $input %}' })], { name: 'limited', admission });
  const fleet = await createTestFleet({
    agents: [agent],
    workflows: [definition],
    hooks: {
      deliver({ records }) {
        for (const record of records) {
          const run = /"ask_flow".*?"run_id":"(run_[0-9a-f]+)"/.exec(record.body)?.[1];
          if (run !== undefined && !asks.has(run)) asks.set(run, record);
        }
        return undefined;
      },
    },
  });
  async function again(run: string): Promise<void> {
    const { body, groupId } = asks.get(run) ?? {};
    if (body === undefined || groupId === undefined) throw new Error(`run ${run} has asked for nothing`);
    const message = { body, groupId, deduplicationId: `again ${run}` };
    await fleet.platform.queuesOf('coordinator').send(QUEUES.coordinator, [message]);
    await fleet.advance(1_000);
  }
  return { fleet, seen, again, start: (n: number) => fleet.start('limited', { n }) };
}

describe('an ask that comes once more, after its run has ended', () => {
  test('does not keep out the newest of a quick succession', async () => {
    const { fleet, again, start } = await fleetWith({ debounce: { seconds: 30 } });
    const first = await start(1);
    expect((await fleet.ended(first)).status).toBe('completed');
    const second = await start(2);
    await again(first);
    expect((await fleet.ended(second)).status).toBe('completed');
  });

  test('does not end the run that is at work', async () => {
    const { fleet, again, start } = await fleetWith({ singleton: { mode: 'cancel' } });
    const first = await start(1);
    expect((await fleet.ended(first)).status).toBe('completed');
    const second = await start(2);
    await fleet.advance(5_000);
    await again(first);
    expect((await fleet.ended(second)).status).toBe('completed');
  });

  test('does not make others wait for a run that will not do their work', async () => {
    const { fleet, seen, again, start } = await fleetWith({ batch: { size: 2, seconds: 60 } });
    const first = await start(1);
    expect((await fleet.ended(first)).status).toBe('completed');
    await again(first);
    const second = await start(2);
    expect((await fleet.ended(second)).status).toBe('completed');
    expect(seen.at(-1)).toEqual({ items: [{ n: 2 }] });
  });

  test('is not worked on a second time', async () => {
    const { fleet, seen, again, start } = await fleetWith({ batch: { size: 2, seconds: 60 } });
    const first = await start(1);
    expect((await fleet.ended(first)).status).toBe('completed');
    const second = await start(2);
    await fleet.advance(5_000);
    await again(first);
    expect((await fleet.ended(second)).status).toBe('completed');
    expect(seen).toEqual([{ items: [{ n: 1 }] }, { items: [{ n: 2 }] }]);
  });
});
