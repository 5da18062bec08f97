import { describe, expect, test } from '@jest/globals';
import type { AgentHealth } from '../../../../lambdas/contracts/health.ts';
import type { AgentLoad, RegisteredAgent } from '../../../../lambdas/contracts/registry.ts';
import { measure } from '../../../../lambdas/platform/monitor/measure.ts';
import { judge } from '../../../../lambdas/platform/monitor/thresholds.ts';
import { agent, fakeWorld } from '../intake/fakes.ts';

function setUp(...names: string[]) {
  const of = fakeWorld();
  const loads = new Map<string, AgentLoad>();
  const recorded: AgentHealth[] = [];
  const lines: string[] = [];
  const agents = names.map((name) => agent(name, 'demo.step'));
  const registry = {
    agents: async () =>
      agents.map((known): RegisteredAgent => {
        const load = loads.get(known.name);
        return load ? { ...known, load } : known;
      }),
    recordLoad: async (name: string, load: AgentLoad) => void loads.set(name, { ...loads.get(name), ...load }),
    recordHealth: async (name: string, health: AgentHealth) => {
      recorded.push(health);
      loads.set(name, { queue_depth: 0, measured_at: 0, ...loads.get(name), health });
    },
  };
  const { clock, logger, queues, bus } = of.ports;
  const breakers = { read: async () => new Map([['caller', { failures: [], open_until: 1 }]]) };
  const ports = { clock, logger, queues, bus, registry, breakers, write: (line: string) => void lines.push(line) };
  const told = (name: string) => of.seen.events.filter((event) => event.name === name);
  const depth = (queue: string, waiting: number) => of.seen.depths.set(queue, waiting);
  /** Measures as many minutes later. */
  const later = (minutes: number) => {
    of.seen.now += minutes * 60_000;
    return measure(ports);
  };
  return { of, loads, recorded, lines, ports, told, depth, later };
}

const stats = (errors: number, seconds: number, at: string) => ({
  messages_processed: 100,
  errors_count: errors,
  avg_processing_time: seconds,
  last_activity: at,
});

describe('measuring the agents', () => {
  test('records the depth of both lanes and writes it as a metric', async () => {
    const { of, ports, loads, lines, depth, told } = setUp('loader');
    depth('loader-express', 3);
    depth('loader-standard', 4);
    expect(await measure(ports)).toEqual({ measured: 1, failed: 0 });
    expect(loads.get('loader')).toMatchObject({ queue_depth: 7, measured_at: of.seen.now, exceeded: [] });
    expect(lines.slice(0, 1).map((line) => JSON.parse(line))).toMatchObject([
      {
        agent: 'loader',
        queue_depth: 7,
        _aws: { Timestamp: of.seen.now, CloudWatchMetrics: [{ Namespace: 'Muster' }] },
      },
    ]);
    expect(told('resource_threshold')).toEqual([]);
  });

  test('tells of a crossed threshold once, and again only after it was clear', async () => {
    const { ports, depth, told } = setUp('loader');
    const times: number[] = [];
    for (const value of [100, 101, 500, 99, 101, 79, 90, 101]) {
      depth('loader-standard', value);
      const so = told('resource_threshold').length;
      await measure(ports);
      times.push(told('resource_threshold').length - so);
    }
    expect(times).toEqual([0, 1, 0, 0, 0, 0, 0, 1]);
    expect(told('resource_threshold')[0]).toMatchObject({
      name: 'resource_threshold',
      source: 'muster.platform',
      detail: { agent: 'loader', resource: 'queue_depth', value: 101, threshold: 100 },
    });
  });

  test('compares error rate and processing time with what the agent allows, while they are fresh', async () => {
    const { ports, loads, told } = setUp('loader');
    loads.set('loader', { queue_depth: 0, measured_at: 0, stats: stats(6, 5.1, '2026-11-21T11:59:00Z') });
    await measure(ports);
    expect(told('resource_threshold').map(({ detail }) => detail)).toMatchObject([
      { resource: 'error_rate', value: 0.06, threshold: 0.05 },
      { resource: 'avg_processing_time', value: 5.1, threshold: 5 },
    ]);
    loads.set('loader', { queue_depth: 0, measured_at: 0, stats: stats(50, 9, '2026-11-21T11:57:00Z') });
    await measure(ports);
    expect(told('resource_threshold')).toHaveLength(2);
    expect(loads.get('loader')?.exceeded).toEqual([]);
  });

  test('of one agent failing leaves the others measured', async () => {
    const { of, ports, loads } = setUp('a', 'b');
    of.crashAt({ call: 1, when: 'before' });
    expect(await measure(ports)).toEqual({ measured: 1, failed: 1 });
    expect([...loads.keys()]).toEqual(['b']);
  });

  test('that dies between telling and recording tells again, rather than never', async () => {
    const { of, ports, loads, depth, told } = setUp('loader');
    depth('loader-standard', 500);
    of.crashAt({ call: 3, when: 'after' });
    expect(await measure(ports)).toMatchObject({ failed: 1 });
    expect(loads.size).toBe(0);
    of.crashAt(undefined);
    await measure(ports);
    expect(told('resource_threshold')).toHaveLength(2);
    expect(told('agent_health')).toHaveLength(2);
    expect(loads.get('loader')?.exceeded).toEqual(['queue_depth']);
  });

  test('never takes nothing for too much, even against a threshold of nothing', () => {
    const idle = [{ resource: 'error_rate' as const, value: 0, threshold: 0 }];
    expect(judge(idle, ['error_rate'])).toEqual({ crossed: [], exceeded: [] });
  });
});

describe('the health of agents', () => {
  test('is reported on the bus when it changes, and recorded', async () => {
    const { of, loads, recorded, told, depth, later } = setUp('loader');
    await later(0);
    await later(1);
    depth('loader-standard', 101);
    loads.set('loader', {
      ...(loads.get('loader') ?? { queue_depth: 0, measured_at: 0 }),
      stats: stats(6, 1, '2026-11-21T12:01:30Z'),
    });
    await later(1);
    await later(1);
    const at = (minute: number) => `2026-11-21T12:0${minute}:00.000Z`;
    const loader = { agent_id: 'loader' };
    expect(told('agent_health').map(({ detail }) => detail)).toEqual([
      { ...loader, at: at(0), state: 'initializing', is_healthy: true, issues: [] },
      {
        ...{ ...loader, at: at(2), state: 'busy', previous_state: 'initializing', is_healthy: false },
        issues: ['High error rate', 'Message queue overload'],
      },
    ]);
    expect(told('agent_health')[0]).toMatchObject({ source: 'muster.platform' });
    expect(recorded.map(({ state }) => state)).toEqual(['initializing', 'busy']);
    expect(loads.get('loader')?.health).toMatchObject({ state: 'busy', since: of.seen.now - 60_000 });
  });

  test('counts who is out of the pool, those that can not be measured as they were', async () => {
    const { of, ports, lines, depth, later } = setUp('a', 'b');
    const out = () => JSON.parse(lines.at(-1) ?? '').agents_out_of_pool;
    depth('a-standard', 1);
    await later(0);
    expect(out()).toBe(0);
    await later(3);
    expect(out()).toBe(1);
    of.crashAt({ call: 1, when: 'before' });
    expect(await measure(ports)).toEqual({ measured: 1, failed: 1 });
    expect(out()).toBe(1);
    const metrics = ['agents_out_of_pool', 'breakers_open'].map((Name) => ({ Name, Unit: 'Count' }));
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      agent: 'monitor',
      breakers_open: 1,
      _aws: { CloudWatchMetrics: [{ Metrics: metrics }] },
    });
  });

  test('of a silent agent goes from failed through a trial to failed, and an answer ends it', async () => {
    const { loads, told, depth, later } = setUp('loader');
    depth('loader-express', 2);
    for (const minutes of [0, 3, 5, 1, 5]) await later(minutes);
    loads.set('loader', {
      ...(loads.get('loader') ?? { queue_depth: 0, measured_at: 0 }),
      stats: stats(0, 1, '2026-11-21T12:14:20Z'),
    });
    await later(1);
    expect(told('agent_health').map(({ detail }) => 'state' in detail && detail.state)).toEqual([
      ...['initializing', 'failed', 'ready', 'failed', 'ready', 'busy'],
    ]);
  });
});
