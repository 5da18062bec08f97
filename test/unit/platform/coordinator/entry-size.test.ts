import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../../../lambdas/contracts/limits.ts';
import { fakeAgent } from '../../../../lambdas/testing/fake-agent.ts';
import { createTestFleet, type TestFleet } from '../../../../lambdas/testing/test-fleet.ts';
import { task, workflow } from '../../../support/factories.ts';

const noise = (length: number): string => randomBytes(length).toString('base64').slice(0, length);

/** Bytes of the largest entry, as it lies in the store. */
async function largest({ platform }: TestFleet, runId: string): Promise<number> {
  const entries = await platform.world.journal.read(runId, 0);
  return Math.max(...entries.map(({ events }) => JSON.stringify(events).length));
}

describe("a turn's journal entry stays below its limit", () => {
  test('though many lists are expanded at once, each small enough for the journal', async () => {
    const fleet = await createTestFleet({ agents: [fakeAgent('worker', { work: () => null })] });
    const lists = Array.from({ length: 6 }, (_, index) =>
      task(`each-${index}x`, { forEach: { items: '{% $input.list %}' } }),
    );
    const list = Array.from({ length: 3 }, () => noise(25_000));
    const run = await fleet.run(workflow(lists), { list });
    expect(run.status).toBe('completed');
    expect(await largest(fleet, run.runId)).toBeLessThanOrEqual(LIMITS.journalEntry);
  });

  test('though many values are computed at once', async () => {
    const fleet = await createTestFleet({ agents: [] });
    const values = Array.from({ length: 900 }, (_, index) => ({
      id: `v-${index}x`,
      value: `{% $input.texts[${index % 100}] %}`,
    }));
    const run = await fleet.run(workflow(values), { texts: Array.from({ length: 100 }, () => noise(900)) });
    expect(run.status).toBe('completed');
    expect(await largest(fleet, run.runId)).toBeLessThanOrEqual(LIMITS.journalEntry);
  });
});
