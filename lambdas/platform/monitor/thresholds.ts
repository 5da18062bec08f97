import type { BusEventDetail } from '../../contracts/bus-events.ts';
import type { AgentLoad, RegisteredAgent } from '../../contracts/registry.ts';

export type Resource = BusEventDetail<'resource_threshold'>['resource'];

export interface Reading {
  readonly resource: Resource;
  readonly value: number;
  readonly threshold: number;
}

/** A crossed threshold is clear again below this share of it, so that a value on the edge is not told each minute. */
const CLEAR_BELOW = 0.8;
/**
 * Figures of an agent that has been idle for longer say nothing of now. An unhealthy one gets little or nothing while others
 * are well, so after this it counts as well again: the work that it then gets is the probe of its recovery.
 */
const STATS_FRESH_MS = 120_000;

/** What there is to compare of an agent: its queue, and its own figures while they are fresh. */
export function readingsOf(agent: RegisteredAgent, queueDepth: number, now: number): Reading[] {
  const { health, load } = agent;
  const queue: Reading = { resource: 'queue_depth', value: queueDepth, threshold: health.queueDepth };
  const stats = load?.stats;
  if (!stats || now - Date.parse(stats.last_activity) > STATS_FRESH_MS) return [queue];
  const { messages_processed: messages, errors_count: errors, avg_processing_time: seconds } = stats;
  return [
    queue,
    { resource: 'error_rate', value: messages === 0 ? 0 : errors / messages, threshold: health.errorRate },
    { resource: 'avg_processing_time', value: seconds, threshold: health.avgProcessingSeconds },
  ];
}

/** Which thresholds are newly crossed, and which are exceeded from now on. */
export function judge(
  readings: readonly Reading[],
  before: NonNullable<AgentLoad['exceeded']>,
): { readonly crossed: Reading[]; readonly exceeded: Resource[] } {
  const over = readings.filter(({ resource, value, threshold }) =>
    before.includes(resource) ? value >= threshold * CLEAR_BELOW && value > 0 : value > threshold,
  );
  return {
    crossed: over.filter(({ resource }) => !before.includes(resource)),
    exceeded: over.map(({ resource }) => resource),
  };
}
