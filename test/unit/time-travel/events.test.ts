import { describe, expect, test } from '@jest/globals';
import { rebuildEvents } from '../../../bin/cloud/rebuild-events.ts';
import { marked, wantedOf } from '../../../bin/commands/events.ts';
import { type BusEvent, REPLAY_SOURCE } from '../../../lambdas/contracts/bus-events.ts';
import { fakeAgent } from '../../../lambdas/testing/fake-agent.ts';
import { createTestFleet, type TestFleet } from '../../../lambdas/testing/test-fleet.ts';
import { workflow } from '../../support/factories.ts';

const OF_RUNS =
  /^(workflow_(?!requested|event|.*_requested)|task_(completed|degraded)|decision_(requested|refused)|agent_failure)/;

/** What the platform has published of runs, as it came. */
const publishedIn = (fleet: TestFleet): BusEvent[] => fleet.events.filter(({ name }) => OF_RUNS.test(name));
const sorted = (events: readonly BusEvent[]): string[] => events.map((event) => JSON.stringify(event)).sort();

/** Runs that retry, ask, are cancelled, undo and complete. */
async function eventful(): Promise<{ fleet: TestFleet; worked: string[] }> {
  const worked: string[] = [];
  let tries = 0;
  const fleet = await createTestFleet({
    agents: [
      fakeAgent('worker', {
        work: (input) => {
          worked.push(String(input));
          tries += 1;
          if (input === 'flaky' && tries < 3) throw new Error('not yet');
          if (input === 'never') throw new Error('never');
          return 'y'.repeat(100_000);
        },
      }),
    ],
  });
  await fleet.run(workflow([{ id: 'a', type: 'work', input: 'flaky' }], { events: 'task' }));
  await fleet.run(
    workflow([
      { id: 'a', type: 'work', input: 'done', undo: { type: 'work', input: 'undone' } },
      { id: 'b', type: 'work', input: 'never', dependsOn: ['a'], retry: { maxAttempts: 1 }, escalate: 'fail' },
    ]),
  );
  const asked = await fleet.start(workflow([{ id: 'ok', ask: { question: 'May I?', self: true } }]));
  await fleet.decide(asked, 'ok', 'perhaps', 'ann');
  await fleet.decide(asked, 'ok', 'approve', 'ann');
  await fleet.ended(asked);
  const cancelled = await fleet.start(workflow([{ id: 'w', waitFor: { event: 'never' } }]));
  await fleet.cancel(cancelled);
  await fleet.ended(cancelled);
  return { fleet, worked };
}

describe('Events rebuilt from journals', () => {
  test('are those that were published, each of them once', async () => {
    const { fleet } = await eventful();
    const rebuilt = await rebuildEvents(fleet.platform.world, { tenant: 'default' });
    expect(rebuilt.runs).toBe(4);
    expect(rebuilt.events.length).toBeGreaterThan(12);
    expect(sorted(rebuilt.events.map(({ event }) => event))).toEqual(sorted(publishedIn(fleet)));
    const times = rebuilt.events.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test('are those of a time, or of a correlation', async () => {
    const { fleet } = await eventful();
    const { world } = fleet.platform;
    const all = (await rebuildEvents(world, { tenant: 'default' })).events;
    const middle = all[5]?.at ?? 0;
    const late = await rebuildEvents(world, { tenant: 'default', from: middle });
    expect(late.events).toEqual(all.filter(({ at }) => at >= middle));
    const [run] = await world.runs.list('default', 1);
    const correlationId = run?.correlationId ?? '';
    const correlated = await rebuildEvents(world, { tenant: 'default', correlationId });
    expect(correlated.runs).toBe(1);
    expect(
      new Set(correlated.events.map(({ event }) => 'workflow_id' in event.detail && event.detail.workflow_id)),
    ).toEqual(new Set([run?.runId]));
    expect((await rebuildEvents(world, { tenant: 'other' })).events).toEqual([]);
  });

  test('are acted on by nobody when they are published as a replay', async () => {
    const { fleet, worked } = await eventful();
    const { events } = await rebuildEvents(fleet.platform.world, { tenant: 'default' });
    const heard: string[] = [];
    fleet.platform.world.bus.subscribe(({ source, detail }) => {
      if (source === REPLAY_SOURCE) heard.push(JSON.stringify(detail.replay));
      else throw new Error(`somebody answered a replay as ${source}`);
    });
    const runs = await fleet.platform.world.runs.list('default', 100);
    worked.length = 0;
    await fleet.platform.world.bus.publish(REPLAY_SOURCE, marked(events, { id: 'r1' }));
    // What clients once said is not replayed, but would not be heard either.
    const request = { workflow: 'test', input: {}, definition: { name: 'test', tasks: [{ id: 'a', type: 'work' }] } };
    await fleet.platform.world.bus.publish(REPLAY_SOURCE, [{ name: 'workflow_requested', detail: request }]);
    await fleet.platform.time.settle();
    expect(heard.filter((replay) => replay === '{"id":"r1"}')).toHaveLength(events.length);
    expect(worked).toEqual([]);
    expect(await fleet.platform.world.runs.list('default', 100)).toEqual(runs);
  });

  test('are bounded: a question that names nothing is refused', () => {
    const now = Date.parse('2026-03-01T00:00Z');
    expect(() => wantedOf({}, now)).toThrow('which events?');
    expect(() => wantedOf({ from: 'yesterday' }, now)).toThrow('--from yesterday is no time');
    expect(() => wantedOf({ from: '2026-02-02', to: '2026-02-01' }, now)).toThrow('--from is later than --to');
    expect(wantedOf({ correlation: 'c' }, now)).toEqual({ tenant: 'default', correlationId: 'c', to: now });
  });
});
