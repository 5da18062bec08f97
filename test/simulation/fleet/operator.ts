import { senderIdOf } from '../../../lambdas/testing/agent-lambda.ts';
import type { InProcessPlatform } from '../../../lambdas/testing/in-process-platform.ts';

/** Messages that were put back already, by world. */
const putBack = new WeakMap<object, Set<string>>();

/**
 * What an operator does with parked messages: those that would be missed go back to where they came from, with new
 * message ids. Tasks were told to the coordinator, which has done something else by now; wake-ups have the sweeper.
 * @returns how many were put back
 */
export async function operate(platform: InProcessPlatform): Promise<number> {
  const { world } = platform;
  const done = putBack.get(world) ?? new Set<string>();
  putBack.set(world, done);
  let count = 0;
  for (const parked of await world.parkingLot.list(10_000)) {
    const { parkedId, queue, messageType, body, runId } = parked;
    if (done.has(parkedId)) continue;
    done.add(parkedId);
    if (messageType === 'task_assignment' || messageType === 'wake_run') continue;
    const busEvent = body.includes('"detail-type"');
    const coordinator = !busEvent && runId !== undefined && queue.startsWith('coordinator');
    if (!busEvent && !coordinator) continue;
    const url = coordinator ? 'memory://coordinator.fifo' : queueOf(body);
    if (url === undefined) continue;
    count += 1;
    const sender = coordinator ? senderOf(body) : 'bus';
    const queues = platform.queuesOf(sender);
    const fifo = coordinator && { groupId: runId, deduplicationId: `again ${parkedId}` };
    await queues.send(url, [{ body, ...fifo }]);
  }
  return count;
}

const MONITOR = ['coordination', 'agent_status', 'task_progress', 'task_heartbeat', 'agent_state_requested'];

function queueOf(body: string): string | undefined {
  const type = /"detail-type":"([^"]+)"/.exec(body)?.[1] ?? '';
  // What the monitor missed is of yesterday by now.
  if (MONITOR.includes(type) || type.startsWith('channel.')) return undefined;
  return 'memory://intake';
}

function senderOf(body: string): string {
  if (body.includes('"task_token"')) return 'lifecycle';
  return /"sender":"([^"]+)"/.exec(body)?.[1] ?? senderIdOf('intake');
}
