import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { BusEvent } from '../../../lambdas/contracts/bus-events.ts';
import { fakeAgent, sleep } from '../../../lambdas/testing/fake-agent.ts';
import { createTestFleet, type TestFleet } from '../../../lambdas/testing/test-fleet.ts';
import { task, workflow } from '../../support/factories.ts';

const MINUTE = 60_000;
const pair = workflow([task('a'), task('b', { dependsOn: ['a'] })], { name: 'pair', timeoutSeconds: 600 });
const slow = (name = 'slow') => fakeAgent(name, { work: (_, ctx) => sleep(ctx, MINUTE) }, { timeoutSeconds: 120 });

async function say({ platform }: TestFleet, event: BusEvent): Promise<void> {
  await platform.publish(event, 'muster.client');
  await platform.time.settle();
}
const hold = (fleet: TestFleet, action: 'pause' | 'drain' | 'resume' | 'cancel', scope: string) =>
  say(fleet, { name: 'hold_requested', detail: { scope, action, reason: 'a new disk', requested_by: 'ada' } });
const named = ({ events }: TestFleet, name: BusEvent['name']) => events.filter((event) => event.name === name);

describe('a tenant that is put on hold', () => {
  test('begins nothing more until it is let go, takes new runs, and others go on', async () => {
    const fleet = await createTestFleet({ agents: [slow()], workflows: [pair] });
    const held = await fleet.start('pair', {}, { tenant: 'acme' });
    await hold(fleet, 'pause', 'acme');
    const later = await fleet.start('pair', {}, { tenant: 'acme' });
    const other = await fleet.run('pair', {}, { tenant: 'other' });
    expect(other.status).toBe('completed');
    await fleet.advance(20 * MINUTE);
    const statuses = async (run: string) => Object.values((await fleet.look(run)).tasks).map(({ status }) => status);
    expect(await statuses(held)).toEqual(['completed', 'ready']);
    expect(await statuses(later)).toEqual(['ready', 'waiting']);
    await hold(fleet, 'resume', 'acme');
    // The deadline stood still: ten minutes are long over.
    expect((await fleet.ended(held)).status).toBe('completed');
    expect((await fleet.ended(later)).status).toBe('completed');
    expect(named(fleet, 'hold_changed').map(({ detail }) => 'hold' in detail)).toEqual([true, false]);
  });

  test('goes on at once, even where what held is still remembered', async () => {
    const fleet = await createTestFleet({ agents: [slow()], workflows: [pair] });
    await hold(fleet, 'pause', 'acme');
    const held = await fleet.start('pair', {}, { tenant: 'acme' });
    await hold(fleet, 'resume', 'acme');
    const begun = async () => (await fleet.look(held)).tasks.a?.status;
    expect(await begun()).toBe('dispatched');
  });

  test('is cancelled as a whole, and others are not', async () => {
    const fleet = await createTestFleet({ agents: [slow()], workflows: [pair] });
    const runs = [await fleet.start('pair', {}, { tenant: 'acme' }), await fleet.start('pair', {}, { tenant: 'acme' })];
    const other = await fleet.start('pair', {}, { tenant: 'other' });
    await hold(fleet, 'cancel', 'acme');
    for (const run of runs) expect((await fleet.ended(run)).status).toBe('cancelled');
    expect((await fleet.ended(other)).status).toBe('completed');
  });

  test('drains: what is under way finishes, and nothing new is taken', async () => {
    const fleet = await createTestFleet({ agents: [slow()], workflows: [pair] });
    const before = await fleet.start('pair');
    await hold(fleet, 'drain', '*');
    await expect(fleet.run('pair')).rejects.toThrow(/draining|lets those under way finish/);
    expect((await fleet.ended(before)).status).toBe('completed');
    await hold(fleet, 'resume', '*');
    expect((await fleet.run('pair')).status).toBe('completed');
  });
});

describe('parameters of an agent', () => {
  const parameters = z.object({ rows: z.number().int().min(1).default(10) });
  const reader = fakeAgent('reader', { work: (_, ctx) => ctx.parameters.rows as number }, { parameters });
  const one = workflow([task('a')], { name: 'one' });
  const set = (fleet: TestFleet, rows: number | null) =>
    say(fleet, {
      name: 'agent_parameters_requested',
      detail: { agent: 'reader', values: { rows }, reason: '', requested_by: 'ada' },
    });

  test('that are set at run time reach its next task, and can be taken back', async () => {
    const fleet = await createTestFleet({ agents: [reader], workflows: [one] });
    expect((await fleet.run('one')).result).toEqual({ a: 10 });
    await set(fleet, 3);
    expect((await fleet.run('one')).result).toEqual({ a: 3 });
    await set(fleet, 0);
    await set(fleet, null);
    expect((await fleet.run('one')).result).toEqual({ a: 10 });
    expect(named(fleet, 'agent_parameters_changed')).toHaveLength(2);
    expect(named(fleet, 'request_refused')).toHaveLength(1);
  });
});

describe('an agent that drains', () => {
  const put = (fleet: TestFleet, agent: string, state: 'draining' | 'maintenance' | 'ready') =>
    say(fleet, { name: 'agent_state_requested', detail: { agent, state, reason: '', requested_by: 'ada' } });
  const wide = workflow(
    Array.from({ length: 4 }, (_, n) => task(`t${n}`)),
    { name: 'wide' },
  );
  const agents = () =>
    [slow('one'), slow('two')].map((agent) => ({
      ...agent,
      manifest: { ...agent.manifest, batchSize: 1, concurrency: 2 },
    }));
  const whose = async (fleet: TestFleet, run: string) =>
    Object.values((await fleet.ended(run)).tasks).map(({ agent }) => agent);

  test('finishes all it was sent, and gets nothing new', async () => {
    const fleet = await createTestFleet({ agents: agents(), workflows: [wide] });
    await put(fleet, 'two', 'maintenance');
    const queued = await fleet.start('wide');
    await put(fleet, 'two', 'ready');
    await put(fleet, 'one', 'draining');
    const next = await fleet.start('wide');
    expect(await whose(fleet, queued)).toEqual(['one', 'one', 'one', 'one']);
    expect(await whose(fleet, next)).toEqual(['two', 'two', 'two', 'two']);
  });

  test('keeps what one in maintenance loses: the work that it had not begun', async () => {
    const fleet = await createTestFleet({ agents: agents(), workflows: [wide] });
    await put(fleet, 'two', 'maintenance');
    const queued = await fleet.start('wide');
    await put(fleet, 'two', 'ready');
    await put(fleet, 'one', 'maintenance');
    expect(new Set(await whose(fleet, queued))).toEqual(new Set(['one', 'two']));
  });
});
