import type { ParkedMessage } from '../../../lambdas/runtime/ports.ts';
import { senderIdOf } from '../../../lambdas/testing/agent-lambda.ts';
import type { InProcessPlatform } from '../../../lambdas/testing/in-process-platform.ts';
import { causesOf } from '../../../lambdas/views/parked-causes.ts';
import { FORGED_MARK } from '../programs/work-result.ts';

/**
 * What an operator does with parked messages, cause by cause: those that would be missed go back to where they came
 * from, with new message ids. Tasks were told to the coordinator, which has done something else by now; wake-ups have the
 * sweeper. What was looked after is parked no more.
 * @returns how many were put back
 */
export async function operate(platform: InProcessPlatform): Promise<number> {
  const { parkingLot } = platform.world;
  let count = 0;
  for (const { messages } of causesOf(await parkingLot.list(10_000))) {
    for (const message of messages) {
      if (await putBack(platform, message)) count += 1;
      await parkingLot.remove(message);
    }
  }
  return count;
}

async function putBack(platform: InProcessPlatform, { parkedId, queue, ...message }: ParkedMessage): Promise<boolean> {
  const { messageType, body, runId } = message;
  if (messageType === 'task_assignment' || messageType === 'wake_run') return false;
  // Nothing for the audit is ever let go of.
  if (queue.startsWith('audit')) {
    const again = `again ${parkedId}`;
    await platform.queuesOf('bus').send('memory://audit.fifo', [{ body, groupId: again, deduplicationId: again }]);
    return true;
  }
  // A queue's own redrive would keep who has sent a message. Here it would be sent in the name that it bears.
  if (body.includes(FORGED_MARK)) return false;
  const busEvent = body.includes('"detail-type"');
  const coordinator = !busEvent && runId !== undefined && queue.startsWith('coordinator');
  if (!busEvent && !coordinator) return false;
  const url = coordinator ? 'memory://coordinator.fifo' : queueOf(body);
  if (url === undefined) return false;
  const sender = coordinator ? senderOf(body) : 'bus';
  const queues = platform.queuesOf(sender);
  const fifo = coordinator && { groupId: runId, deduplicationId: `again ${parkedId}` };
  await queues.send(url, [{ body, ...fifo }]);
  return true;
}

/** What the monitor missed is of yesterday by now. */
const STALE = [
  'coordination',
  'agent_status',
  'task_progress',
  'task_heartbeat',
  'security_noticed',
  'agent_state_requested',
];

function queueOf(body: string): string | undefined {
  const type = /"detail-type":"([^"]+)"/.exec(body)?.[1] ?? '';
  if (STALE.includes(type) || type.startsWith('channel.')) return undefined;
  return type === 'agent_parameters_requested' ? 'memory://monitor' : 'memory://intake';
}

function senderOf(body: string): string {
  if (body.includes('"task_token"')) return 'lifecycle';
  return /"sender":"([^"]+)"/.exec(body)?.[1] ?? senderIdOf('intake');
}
