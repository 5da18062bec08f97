import type { BusEventDetail } from '../contracts/bus-events.ts';
import { agentSource } from '../contracts/bus-sources.ts';
import type { Manifest } from '../contracts/manifest.ts';
import type { AgentPorts } from './agent-ports.ts';
import { type createStats, publishStats } from './stats.ts';
import type { TasksInHand } from './tasks-in-hand.ts';

/** The most tasks that one event names. */
const TASKS_PER_EVENT = 100;

/**
 * Says on the bus which tasks this container is still at, and how the agent does. Nobody's work hangs on it: when it
 * can't be said, that is only logged.
 */
export async function sayAlive(
  manifest: Manifest,
  inHand: TasksInHand,
  stats: ReturnType<typeof createStats>,
  ports: AgentPorts,
): Promise<void> {
  stats.atWork();
  try {
    const tasks = await inHand.names();
    const at = new Date(ports.clock.now()).toISOString();
    const events: Array<{ name: 'task_heartbeat'; detail: BusEventDetail<'task_heartbeat'> }> = [];
    for (let from = 0; from < tasks.length; from += TASKS_PER_EVENT) {
      const some = tasks.slice(from, from + TASKS_PER_EVENT);
      events.push({ name: 'task_heartbeat', detail: { agent: manifest.name, at, tasks: some } });
    }
    if (events.length > 0) await ports.bus.publish(agentSource(manifest.name), events);
  } catch (error) {
    ports.logger.warn('task_heartbeat could not be published', { error });
  }
  await publishStats(manifest, stats, ports);
}
