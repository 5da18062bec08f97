import { describe, expect, test } from '@jest/globals';
import type { AgentLoad, RegisteredAgent } from '../../../../lambdas/contracts/registry.ts';
import { measure } from '../../../../lambdas/platform/monitor/measure.ts';
import { judge } from '../../../../lambdas/platform/monitor/thresholds.ts';
import { agent, fakeWorld } from '../intake/fakes.ts';

function setUp(...names: string[]) {
  const of = fakeWorld();
  const loads = new Map<string, AgentLoad>();
  const lines: string[] = [];
  const agents = names.map((name) => agent(name, 'demo.step'));
  const registry = {
    agents: async () =>
      agents.map((known): RegisteredAgent => {
        const load = loads.get(known.name);
        return load ? { ...known, load } : known;
      }),
    recordLoad: async (name: string, load: AgentLoad) => void loads.set(name, { ...loads.get(name), ...load }),
  };
  const { clock, logger, queues, bus } = of.ports;
  const ports = { clock, logger, queues, bus, registry, write: (line: string) => void lines.push(line) };
  return { of, loads, lines, ports, depth: (queue: string, depth: number) => of.seen.depths.set(queue, depth) };
}

const stats = (errors: number, seconds: number, at: string) => ({
  messages_processed: 100,
  errors_count: errors,
  avg_processing_time: seconds,
  last_activity: at,
});

describe('measuring the agents', () => {
  test('records the depth of both lanes and writes it as a metric', async () => {
    const { of, ports, loads, lines, depth } = setUp('loader');
    depth('loader-express', 3);
    depth('loader-standard', 4);
    expect(await measure(ports)).toEqual({ measured: 1, failed: 0 });
    expect(loads.get('loader')).toEqual({ queue_depth: 7, measured_at: of.seen.now, exceeded: [] });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        agent: 'loader',
        queue_depth: 7,
        _aws: { Timestamp: of.seen.now, CloudWatchMetrics: [{ Namespace: 'Muster' }] },
      },
    ]);
    expect(of.seen.events).toEqual([]);
  });

  test('tells of a crossed threshold once, and again only after it was clear', async () => {
    const { of, ports, depth } = setUp('loader');
    const told: number[] = [];
    for (const value of [100, 101, 500, 99, 101, 79, 90, 101]) {
      depth('loader-standard', value);
      const before = of.seen.events.length;
      await measure(ports);
      told.push(of.seen.events.length - before);
    }
    expect(told).toEqual([0, 1, 0, 0, 0, 0, 0, 1]);
    expect(of.seen.events[0]).toMatchObject({
      name: 'resource_threshold',
      source: 'muster.platform',
      detail: { agent: 'loader', resource: 'queue_depth', value: 101, threshold: 100 },
    });
  });

  test('compares error rate and processing time with what the agent allows, while they are fresh', async () => {
    const { of, ports, loads } = setUp('loader');
    loads.set('loader', { queue_depth: 0, measured_at: 0, stats: stats(6, 5.1, '2026-11-21T11:55:00Z') });
    await measure(ports);
    expect(of.seen.events.map(({ detail }) => detail)).toMatchObject([
      { resource: 'error_rate', value: 0.06, threshold: 0.05 },
      { resource: 'avg_processing_time', value: 5.1, threshold: 5 },
    ]);
    loads.set('loader', { queue_depth: 0, measured_at: 0, stats: stats(50, 9, '2026-11-21T11:40:00Z') });
    await measure(ports);
    expect(of.seen.events).toHaveLength(2);
    expect(loads.get('loader')?.exceeded).toEqual([]);
  });

  test('of one agent failing leaves the others measured', async () => {
    const { of, ports, loads } = setUp('a', 'b');
    of.crashAt({ call: 1, when: 'before' });
    expect(await measure(ports)).toEqual({ measured: 1, failed: 1 });
    expect([...loads.keys()]).toEqual(['b']);
  });

  test('that dies between telling and recording tells again, rather than never', async () => {
    const { of, ports, loads, depth } = setUp('loader');
    depth('loader-standard', 500);
    of.crashAt({ call: 3, when: 'after' });
    expect(await measure(ports)).toMatchObject({ failed: 1 });
    expect(loads.size).toBe(0);
    of.crashAt(undefined);
    await measure(ports);
    expect(of.seen.events).toHaveLength(2);
    expect(loads.get('loader')?.exceeded).toEqual(['queue_depth']);
  });

  test('never takes nothing for too much, even against a threshold of nothing', () => {
    const idle = [{ resource: 'error_rate' as const, value: 0, threshold: 0 }];
    expect(judge(idle, ['error_rate'])).toEqual({ crossed: [], exceeded: [] });
  });
});
