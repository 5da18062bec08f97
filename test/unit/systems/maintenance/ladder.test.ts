import { describe, expect, test } from '@jest/globals';
import { Priority } from '../../../../lambdas/contracts/priority.ts';
import { WorkflowDefinition } from '../../../../lambdas/contracts/workflow-definition.ts';
import { caseTasks } from '../../../../lambdas/systems/maintenance/workflows/case-tasks.ts';
import { fakeAgent, sleep } from '../../../../lambdas/testing/fake-agent.ts';
import type { Hooks } from '../../../../lambdas/testing/hooks.ts';
import { createTestFleet } from '../../../../lambdas/testing/test-fleet.ts';
import { AGENTS, CHANNELS, maintenanceFleet, sensorDays, vehicleData } from './support/test-fleet.ts';

/** Agents that nobody can reach: their Lambdas are never invoked. */
const unreachable = (...names: readonly string[]): Hooks => ({
  deliver: ({ process }) => (names.includes(process) ? { throttled: true } : undefined),
});

describe('no answer in time', () => {
  test('is first the same agent again, then the backup agent, which does it', async () => {
    const fleet = await maintenanceFleet(AGENTS, { hooks: unreachable('maintenance-data-analysis') });
    await fleet.tell(CHANNELS.VEHICLE_DATA_INPUT, vehicleData('m-1', sensorDays(30)));
    const run = await fleet.ended(fleet.runOf('m-1'));
    expect(run.status).toBe('completed');
    expect(run.tasks.analysis).toMatchObject({
      agent: 'maintenance-rule-analysis',
      attempt: 3,
      result: { model: 'rules' },
    });
  });

  test('from the backup agent either is a question to a person', async () => {
    const fleet = await maintenanceFleet(AGENTS, {
      hooks: unreachable('maintenance-data-analysis', 'maintenance-rule-analysis'),
    });
    await fleet.tell(CHANNELS.VEHICLE_DATA_INPUT, vehicleData('m-1', sensorDays(30)));
    await fleet.advance(60 * 60_000);
    const run = await fleet.look(fleet.runOf('m-1'));
    expect(run.tasks.analysis?.status).toBe('suspended');
    expect(run.events.map(({ name }) => name)).toContain('decision_requested');
  });
});

test('a critical case gets the calendar before a high one that came earlier, and that before a normal one', async () => {
  const order: string[] = [];
  const slow = fakeAgent('maintenance-scheduling', {
    'maintenance.schedule': async (input, ctx) => {
      order.push(String(input));
      await sleep(ctx, 2_000);
      return null;
    },
  });
  const { limits } = caseTasks(Priority.high).find(({ id }) => id === 'scheduling') ?? {};
  const fleet = await createTestFleet({ agents: [slow] });
  const ask = (name: string, priority: 2 | 3 | 4) =>
    fleet.start(
      WorkflowDefinition.parse({
        name: `case-${name}`,
        tasks: [{ id: 'scheduling', type: 'maintenance.schedule', input: name, limits, priority }],
      }),
    );
  const runs: string[] = [];
  for (const name of ['a', 'b', 'c', 'd', 'normal-1', 'normal-2']) runs.push(await ask(name, 2));
  for (const name of ['high-1', 'high-2']) runs.push(await ask(name, 3));
  for (const name of ['critical-1', 'critical-2']) runs.push(await ask(name, 4));
  for (const run of runs) await fleet.ended(run);
  expect(order.slice(0, 4)).toEqual(['a', 'b', 'c', 'd']);
  expect(order.slice(4)).toEqual(['critical-1', 'critical-2', 'high-1', 'high-2', 'normal-1', 'normal-2']);
});
