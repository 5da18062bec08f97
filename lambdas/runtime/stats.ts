import { agentSource } from '../contracts/bus-sources.ts';
import type { Manifest } from '../contracts/manifest.ts';
import type { AgentStats } from '../contracts/messages.ts';
import type { AgentPorts } from './agent-ports.ts';
import { movingAverage } from './moving-average.ts';
import type { Clock } from './ports.ts';

/** Each busy container says how it is doing this often, on the bus. */
const PUBLISH_EVERY_MS = 30_000;

/** Counts what this container has done, as the seed documents' agents do. */
export function createStats(clock: Clock) {
  let processed = 0;
  let errors = 0;
  let busyMs = 0;
  const success = movingAverage();
  const latencyMs = movingAverage();
  let last = clock.now();
  let hasWorked = false;
  let inBatch = { tasks: 0, errors: 0, usd: 0 };
  let published = 0;

  /** A sign of life in the middle of long work, before there is anything to count. */
  function atWork(): void {
    last = clock.now();
    hasWorked = true;
  }

  return {
    atWork,
    /** @param more what it spent on models and tools; whether the task only went to wait and comes again */
    record(durationMs: number, ok: boolean, more: { readonly usd?: number; readonly waits?: boolean } = {}): void {
      processed += 1;
      if (!more.waits) inBatch.tasks += 1;
      inBatch.usd += more.usd ?? 0;
      busyMs += durationMs;
      success.add(ok ? 1 : 0);
      latencyMs.add(durationMs);
      atWork();
      if (ok) return;
      errors += 1;
      inBatch.errors += 1;
    },
    /** Figures of the batch since the last call. */
    note(): { tasks_completed: number; task_errors: number; spent_usd?: number } {
      const { tasks, errors: failed, usd } = inBatch;
      inBatch = { tasks: 0, errors: 0, usd: 0 };
      return { tasks_completed: tasks - failed, task_errors: failed, ...(usd > 0 && { spent_usd: usd }) };
    },
    read: (): AgentStats => ({
      messages_processed: processed,
      errors_count: errors,
      avg_processing_time: processed === 0 ? 0 : busyMs / processed / 1_000,
      last_activity: new Date(last).toISOString(),
      ...(processed > 0 && { ewma_success: success.value(), ewma_latency_ms: latencyMs.value() }),
    }),
    /** True at most once per interval, and only after there was work. */
    isDue(): boolean {
      if (!hasWorked || clock.now() - published < PUBLISH_EVERY_MS) return false;
      published = clock.now();
      return true;
    },
  };
}

/** Publishes `agent_status`; how an agent is doing is worth no task, so a failure is only logged. */
export async function publishStats(
  manifest: Manifest,
  stats: ReturnType<typeof createStats>,
  ports: AgentPorts,
): Promise<void> {
  if (!stats.isDue()) return;
  const detail = {
    agent: manifest.name,
    version: manifest.version,
    at: new Date(ports.clock.now()).toISOString(),
    stats: stats.read(),
  };
  try {
    await ports.bus.publish(agentSource(manifest.name), [{ name: 'agent_status', detail }]);
  } catch (error) {
    ports.logger.warn('agent_status could not be published', { error });
  }
}
