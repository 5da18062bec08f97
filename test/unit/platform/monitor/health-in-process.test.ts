import { expect, test } from '@jest/globals';
import type { BusEventDetail } from '../../../../lambdas/contracts/bus-events.ts';
import { BUS_EVENTS } from '../../../../lambdas/contracts/bus-events.ts';
import { registrationOf } from '../../../../lambdas/testing/agent-lambda.ts';
import { inProcessPlatform } from '../../../../lambdas/testing/in-process-platform.ts';
import { runIdOf } from '../../../../lambdas/workflow/run-identity.ts';
import { workflow } from '../../../support/factories.ts';
import { workAgent } from '../../../support/no-op-agent.ts';

const MINUTE = 60_000;
const RUN = runIdOf('default', 'request-1');

/** The whole platform in virtual time, and what it said of agents' health. */
async function platform() {
  const made = inProcessPlatform();
  const told: Array<BusEventDetail<'agent_health'>> = [];
  made.world.bus.subscribe(({ detailType, detail }) => {
    if (detailType === 'agent_health') told.push(BUS_EVENTS.agent_health.parse(detail));
  });
  const { version } = await made.registerWorkflow(workflow([{ id: 'only', type: 'work' }], { timeoutSeconds: 7_200 }));
  const request = () =>
    made.publish({
      name: 'workflow_requested',
      detail: { workflow: 'test', version, input: {}, request_id: 'request-1' },
    });
  const healthOf = async (name: string) =>
    (await made.world.registry.agents()).find((agent) => agent.name === name)?.load?.health;
  return { ...made, told, request, healthOf };
}

test('an agent that never takes its work leaves the pool, and comes back when it does', async () => {
  const { time, world, told, request, healthOf, deploy } = await platform();
  const agent = workAgent();
  // Registered, but nothing reads its inbox.
  const registration = registrationOf(agent, 'test');
  for (const url of Object.values(registration.inbox)) world.queues.create(url);
  await world.registry.registerAgent(registration);
  await request();
  await time.advance(5 * MINUTE);
  expect(told.map(({ state }) => state)).toEqual(['initializing', 'failed']);
  expect(await healthOf('worker')).toMatchObject({ state: 'failed', is_healthy: false });
  await deploy(agent);
  await time.advance(10 * MINUTE);
  expect(await healthOf('worker')).toMatchObject({ state: 'ready', is_healthy: true });
  expect((await world.runs.get(RUN))?.status).toBe('completed');
});

test('long work gives signs of life, so that its agent stays in the pool', async () => {
  const { time, clock, world, told, request, healthOf, deploy } = await platform();
  const slow = workAgent(
    async () => {
      await new Promise<void>((resolve) => void clock.after(4 * MINUTE, resolve));
      return null;
    },
    { timeoutSeconds: 300 },
  );
  await deploy(slow);
  await request();
  const begun = clock.now();
  await time.advance(3.5 * MINUTE);
  const beat = (await world.heartbeats.of(RUN)).get('only');
  expect(beat).toMatchObject({ agent: 'worker', attempt: 1 });
  expect(clock.now() - (beat?.at ?? begun)).toBeLessThan(11_000);
  expect(await healthOf('worker')).toMatchObject({ state: 'busy', is_healthy: true });
  await time.advance(3 * MINUTE);
  expect(told.map(({ state }) => state)).toEqual(['busy', 'ready']);
  expect((await world.runs.get(RUN))?.status).toBe('completed');
});

test('a person takes an agent out of the pool and puts it back', async () => {
  const { time, world, told, request, healthOf, deploy, publish } = await platform();
  await deploy(workAgent());
  const ask = (state: 'ready' | 'maintenance') =>
    publish({
      name: 'agent_state_requested',
      detail: { agent: 'worker', state, reason: 'a test', requested_by: 'ann' },
    });
  await ask('maintenance');
  await time.advance(2 * MINUTE);
  await request();
  await time.advance(3 * MINUTE);
  expect(await healthOf('worker')).toMatchObject({ state: 'maintenance', set_by: 'ann', reason: 'a test' });
  expect((await world.runs.get(RUN))?.status).not.toBe('completed');
  await ask('ready');
  await time.advance(3 * MINUTE);
  expect((await world.runs.get(RUN))?.status).toBe('completed');
  expect(told.map(({ state, set_by }) => [state, set_by])).toEqual([
    ['maintenance', 'ann'],
    ['ready', undefined],
  ]);
});
