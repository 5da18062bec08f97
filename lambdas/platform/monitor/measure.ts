import { isDeepStrictEqual } from 'node:util';
import type { BreakerState } from '../../contracts/breaker.ts';
import { type BusEvent, PLATFORM_SOURCE } from '../../contracts/bus-events.ts';
import { type AgentHealth, isInPool } from '../../contracts/health.ts';
import type { RegisteredAgent } from '../../contracts/registry.ts';
import { embeddedMetrics } from '../../runtime/metrics.ts';
import type { Breakers, Bus, Clock, Logger, Queues, Registry, RegistryWriter } from '../../runtime/ports.ts';
import { healthEvent } from './health-event.ts';
import { hasChanged, judgeHealth } from './judge-health.ts';
import { judge, readingsOf } from './thresholds.ts';

export interface MeasurePorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Pick<Registry, 'agents'> & Pick<RegistryWriter, 'recordLoad' | 'recordHealth'>;
  readonly breakers: Pick<Breakers, 'read'>;
  readonly queues: Pick<Queues, 'depth'>;
  readonly bus: Bus;
  /** Takes a line of embedded metrics. */
  readonly write: (line: string) => void;
}

/**
 * Measures every registered agent: records its load and health for selection, writes metrics, publishes
 * `resource_threshold` once for each crossing and `agent_health` on each change. An agent that can't be measured does not
 * keep the others from it.
 * @returns how many could be measured, and how many not
 */
export async function measure(ports: MeasurePorts): Promise<{ measured: number; failed: number }> {
  const agents = await ports.registry.agents();
  const outcomes = await Promise.all(agents.map((agent) => tryMeasure(agent, ports)));
  const measured = outcomes.filter((health) => health !== undefined).length;
  const known = agents.map((agent, index) => outcomes[index] ?? agent.load?.health);
  const agents_out_of_pool = known.filter((health) => health && !isInPool(health.state)).length;
  const now = ports.clock.now();
  const breakers_open = [...(await ports.breakers.read()).values()].filter(isOpen).length;
  ports.write(embeddedMetrics('monitor', now, { agents_out_of_pool, breakers_open }));
  return { measured, failed: agents.length - measured };
}

/** Until a probe has closed it, though its time may be over. */
const isOpen = ({ open_until }: BreakerState): boolean => open_until !== undefined;

async function tryMeasure(agent: RegisteredAgent, ports: MeasurePorts): Promise<AgentHealth | undefined> {
  try {
    return await measureAgent(agent, ports);
  } catch (error) {
    ports.logger.error('agent could not be measured', { agent: agent.name, error });
    return undefined;
  }
}

async function measureAgent(agent: RegisteredAgent, ports: MeasurePorts): Promise<AgentHealth> {
  const { queues, bus, registry, clock, write } = ports;
  const { name, inbox, load } = agent;
  const lanes = await Promise.all([queues.depth(inbox.express), queues.depth(inbox.standard)]);
  const waiting = lanes[0].waiting + lanes[1].waiting;
  const inFlight = lanes[0].inFlight + lanes[1].inFlight;
  const queue_depth = waiting + inFlight;
  const now = clock.now();
  write(embeddedMetrics(name, now, { queue_depth }));
  const { crossed, exceeded } = judge(readingsOf(agent, queue_depth, now), load?.exceeded ?? []);
  const progressed = load !== undefined && queue_depth < load.queue_depth;
  const lastSign = load?.stats && Date.parse(load.stats.last_activity);
  const before = load?.health;
  const health = judgeHealth(name, before, { waiting, inFlight, progressed, lastSign, exceeded }, now);
  const at = new Date(now).toISOString();
  const events: BusEvent[] = crossed.map((reading) => ({
    name: 'resource_threshold',
    detail: { agent: name, at, ...reading },
  }));
  if (hasChanged(before, health)) events.push(healthEvent(health, before?.state, now));
  // Told before it is recorded as told: a crash in between tells twice, never not at all.
  if (events.length > 0) await bus.publish(PLATFORM_SOURCE, events);
  await registry.recordLoad(name, { queue_depth, measured_at: now, exceeded });
  if (!isDeepStrictEqual(before, health)) await registry.recordHealth(name, health, true);
  return health;
}
