import { PLATFORM_SOURCE } from '../../contracts/bus-events.ts';
import type { RegisteredAgent } from '../../contracts/registry.ts';
import { embeddedMetrics } from '../../runtime/metrics.ts';
import type { Bus, Clock, Logger, Queues, Registry, RegistryWriter } from '../../runtime/ports.ts';
import { judge, readingsOf } from './thresholds.ts';

export interface MeasurePorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Pick<Registry, 'agents'> & Pick<RegistryWriter, 'recordLoad'>;
  readonly queues: Pick<Queues, 'depth'>;
  readonly bus: Bus;
  /** Takes a line of embedded metrics. */
  readonly write: (line: string) => void;
}

/**
 * Measures every registered agent: records its load for selection, writes `queue_depth` as a metric, and publishes
 * `resource_threshold` once for each crossing. An agent that can't be measured does not keep the others from it.
 * @returns how many could be measured, and how many not
 */
export async function measure(ports: MeasurePorts): Promise<{ measured: number; failed: number }> {
  const agents = await ports.registry.agents();
  const outcomes = await Promise.all(agents.map((agent) => tryMeasure(agent, ports)));
  const measured = outcomes.filter(Boolean).length;
  return { measured, failed: outcomes.length - measured };
}

async function tryMeasure(agent: RegisteredAgent, ports: MeasurePorts): Promise<boolean> {
  try {
    await measureAgent(agent, ports);
    return true;
  } catch (error) {
    ports.logger.error('agent could not be measured', { agent: agent.name, error });
    return false;
  }
}

async function measureAgent(agent: RegisteredAgent, ports: MeasurePorts): Promise<void> {
  const { queues, bus, registry, clock, write } = ports;
  const depths = await Promise.all([queues.depth(agent.inbox.express), queues.depth(agent.inbox.standard)]);
  const queue_depth = depths[0] + depths[1];
  const now = clock.now();
  write(embeddedMetrics(agent.name, now, { queue_depth }));
  const { crossed, exceeded } = judge(readingsOf(agent, queue_depth, now), agent.load?.exceeded ?? []);
  // Told before it is recorded as told: a crash in between tells twice, never not at all.
  if (crossed.length > 0) {
    const at = new Date(now).toISOString();
    const events = crossed.map((reading) => ({
      name: 'resource_threshold' as const,
      detail: { agent: agent.name, at, ...reading },
    }));
    await bus.publish(PLATFORM_SOURCE, events);
  }
  await registry.recordLoad(agent.name, { queue_depth, measured_at: now, exceeded });
}
