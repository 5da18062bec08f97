import { describe, expect, test } from '@jest/globals';
import type { Admission } from '../../../lambdas/contracts/flow-control.ts';
import type { Json, JsonObject } from '../../../lambdas/contracts/json.ts';
import type { WorkflowDefinition } from '../../../lambdas/contracts/workflow-definition.ts';
import { fakeAgent, sleep } from '../../../lambdas/testing/fake-agent.ts';
import { createTestFleet } from '../../../lambdas/testing/test-fleet.ts';
import { task, workflow } from '../../support/factories.ts';

/** A workflow of one task that works for a second; what it was given is in `seen`. */
async function fleetWith(admission: Admission, overrides: Partial<WorkflowDefinition> = {}) {
  const seen: Json[] = [];
  const agent = fakeAgent('worker', {
    work: async (input, ctx) => {
      seen.push(input);
      await sleep(ctx, 1_000);
      if (input === 'bad') throw new Error('it broke');
      return input;
    },
  });
  const definition = workflow([task('t', { input: '{% $input.n %}', retry: { maxAttempts: 1 } })], {
    name: 'limited',
    admission,
    escalate: 'fail',
    ...overrides,
  });
  const fleet = await createTestFleet({ agents: [agent], workflows: [definition] });
  const start = (n: Json, more: JsonObject = {}) => fleet.start('limited', { n, ...more });
  const statuses = async (runs: readonly string[]) => {
    const found: string[] = [];
    for (const run of runs) found.push((await fleet.ended(run)).status);
    return found;
  };
  return { fleet, seen, start, statuses };
}

describe('runs that must get in', () => {
  test('only so many are at work at once; the others wait and say so', async () => {
    const { fleet, start, statuses } = await fleetWith({ limits: [{ concurrency: 1 }] });
    const began = fleet.platform.clock.now();
    const runs = [await start(1), await start(2), await start(3)];
    expect(await statuses(runs)).toEqual(['completed', 'completed', 'completed']);
    expect(fleet.platform.clock.now() - began).toBeGreaterThanOrEqual(3_000);
    const last = await fleet.look(runs[2] ?? '');
    expect(last.events.map(({ name }) => name)).toEqual([
      ...['workflow_queued', 'workflow_started', 'task_completed', 'workflow_completed'],
    ]);
    expect(last.events[0]?.detail).toMatchObject({ limit: 'limited', key: '' });
  });

  test('debounce: of several in quick succession only the last is done', async () => {
    const { fleet, seen, start, statuses } = await fleetWith({ debounce: { key: '{% $input.doc %}', seconds: 30 } });
    const runs: string[] = [];
    for (const n of [1, 2, 3]) {
      runs.push(await start(n, { doc: 'a' }));
      await fleet.advance(10_000);
    }
    const other = await start(9, { doc: 'b' });
    expect(await statuses(runs)).toEqual(['cancelled', 'cancelled', 'completed']);
    expect((await fleet.ended(other)).status).toBe('completed');
    expect(seen).toEqual([3, 9]);
    expect((await fleet.look(runs[0] ?? '')).error?.message).toContain(runs[1] ?? '-');
  });

  test('singleton, wait: one after the other', async () => {
    const { fleet, start, statuses } = await fleetWith({ singleton: { mode: 'wait' } });
    const began = fleet.platform.clock.now();
    expect(await statuses([await start(1), await start(2)])).toEqual(['completed', 'completed']);
    expect(fleet.platform.clock.now() - began).toBeGreaterThanOrEqual(2_000);
  });

  test('singleton, skip: the second is cancelled', async () => {
    const { seen, start, statuses } = await fleetWith({ singleton: { mode: 'skip' } });
    expect(await statuses([await start(1), await start(2)])).toEqual(['completed', 'cancelled']);
    expect(seen).toEqual([1]);
  });

  test('singleton, cancel: the second takes the place of the first', async () => {
    const { fleet, start, statuses } = await fleetWith({ singleton: { mode: 'cancel' } });
    const first = await start(1);
    await fleet.advance(500);
    expect(await statuses([first, await start(2)])).toEqual(['cancelled', 'completed']);
  });

  test('a batch is one run for many requests, which all end with its result', async () => {
    const { fleet, seen, start, statuses } = await fleetWith(
      { batch: { size: 3, seconds: 60 } },
      { tasks: [task('t', { input: '{% $input.items.n %}' })] },
    );
    const runs = [await start(1), await start(2), await start(3)];
    expect(await statuses(runs)).toEqual(['completed', 'completed', 'completed']);
    expect(seen).toEqual([[1, 2, 3]]);
    for (const run of runs) expect((await fleet.look(run)).result).toEqual({ t: [1, 2, 3] });
  });

  test('a batch that does not fill goes in when its time is over', async () => {
    const { fleet, seen, start, statuses } = await fleetWith(
      { batch: { size: 10, seconds: 60 } },
      { tasks: [task('t', { input: '{% $input.items.n %}' })] },
    );
    const began = fleet.platform.clock.now();
    expect(await statuses([await start(1), await start(2)])).toEqual(['completed', 'completed']);
    expect(seen).toEqual([[1, 2]]);
    expect(fleet.platform.clock.now() - began).toBeGreaterThanOrEqual(60_000);
  });

  test('members of a batch fail as their leader does', async () => {
    const { start, statuses } = await fleetWith(
      { batch: { size: 2, seconds: 60 } },
      { tasks: [task('t', { input: '{% $input.items[0].n %}', retry: { maxAttempts: 1 } })] },
    );
    expect(await statuses([await start('bad'), await start(2)])).toEqual(['failed', 'failed']);
  });

  test('waitSeconds: who has not got in by then is cancelled', async () => {
    const { fleet, start } = await fleetWith(
      { limits: [{ concurrency: 1 }], waitSeconds: 30 },
      { tasks: [{ id: 'go', waitFor: { event: 'go' } }] },
    );
    const first = await start(1);
    const second = await fleet.ended(await start(2));
    expect(second).toMatchObject({ status: 'cancelled', error: { message: expect.stringContaining('30 s') } });
    await fleet.signal(first, 'go');
    expect((await fleet.ended(first)).status).toBe('completed');
  });

  test('a cancelled run makes room for the next', async () => {
    const { fleet, start } = await fleetWith(
      { limits: [{ concurrency: 1 }] },
      { tasks: [{ id: 'go', waitFor: { event: 'go' } }] },
    );
    const [first, second] = [await start(1), await start(2)];
    await fleet.cancel(first);
    await fleet.signal(second, 'go');
    expect((await fleet.ended(second)).status).toBe('completed');
  });

  test('a key that fails fails the run, and nothing was asked for', async () => {
    const { fleet, start } = await fleetWith({ singleton: { key: '{% $input.missing %}', mode: 'wait' } });
    const run = await fleet.ended(await start(1));
    expect(run).toMatchObject({ status: 'failed', error: { code: 'expression_undefined', class: 'data' } });
    expect(run.journal.flatMap(({ events }) => events.map(({ type }) => type))).not.toContain('admission_begun');
  });

  test('a definition that comes with a request may not share a limit with other tenants', async () => {
    const { fleet } = await fleetWith({ limits: [{ concurrency: 1 }] });
    const shared = workflow([task('t', { limits: [{ name: 'api', scope: 'platform', concurrency: 1 }] })]);
    await expect(fleet.run(shared)).rejects.toThrow('may not share a limit with other tenants');
  });
});
