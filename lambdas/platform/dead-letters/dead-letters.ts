import { createHash } from 'node:crypto';
import { PLATFORM_SOURCE } from '../../contracts/bus-events.ts';
import type { JsonObject } from '../../contracts/json.ts';
import { Priority } from '../../contracts/priority.ts';
import type { SecurityLog } from '../../contracts/security-events.ts';
import { encodeMessage } from '../../runtime/message-codec.ts';
import type { Blobs, Bus, Clock, Ids, Logger, ParkingLot, Queues } from '../../runtime/ports.ts';
import type { BatchWork } from '../../runtime/queue-handler.ts';
import type { QueueRecord } from '../../runtime/queue-record.ts';
import type { MessageSecurity } from '../../runtime/signing/message-security.ts';
import { type DeadLetter, readDeadLetter } from './read-dead-letter.ts';

export interface DeadLetterPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly blobs: Blobs;
  readonly messageSecurity: MessageSecurity;
  readonly securityLog: SecurityLog;
  readonly parkingLot: ParkingLot;
  readonly queues: Queues;
  readonly bus: Bus;
  readonly coordinatorQueue: string;
}

const TTL_SECONDS = 1_209_600;

/**
 * Parks what queues have given up on, and tells who must know. The order is what makes it safe: first the message is
 * kept, then the coordinator hears of it, then everybody; a crash in between repeats all of it, and each step bears
 * that. A record that can't be parked stays in its dead-letter queue.
 */
export function createDeadLetters(ports: DeadLetterPorts): BatchWork {
  return async (records, invocation) => {
    const parked = await Promise.all(records.map((record) => tryPark(record, ports)));
    invocation.note({ parked: parked.filter(Boolean).length });
    await ports.securityLog.flush();
    return records.filter((_, index) => !parked[index]).map((record) => record.id);
  };
}

async function tryPark(record: QueueRecord, ports: DeadLetterPorts): Promise<boolean> {
  try {
    await park(record, ports);
    return true;
  } catch (error) {
    ports.logger.error('message could not be parked and stays in its dead-letter queue', { record: record.id, error });
    return false;
  }
}

async function park(record: QueueRecord, ports: DeadLetterPorts): Promise<void> {
  const letter = await readDeadLetter(record, ports);
  const { queue, tenant, messageId, messageType, reason, runId, flowId, taskId } = letter;
  const parkedId = parkedIdOf(queue, record.id);
  const at = ports.clock.now();
  await ports.parkingLot.park({
    parkedId,
    queue,
    at,
    tenant,
    messageId,
    messageType,
    reason,
    body: record.body,
    ...(runId !== undefined && { runId }),
    ...(flowId !== undefined && { flowId }),
    ...(taskId !== undefined && { taskId }),
  });
  await tellCoordinator(letter, ports);
  const detail = {
    queue,
    at: new Date(at).toISOString(),
    message_id: messageId,
    message_type: messageType,
    reason,
    parked_id: parkedId,
  };
  await ports.bus.publish(PLATFORM_SOURCE, [{ name: 'message_parked', detail }]);
  ports.logger.warn('message parked for repair', { ...detail, run_id: runId, flow_id: flowId, task_id: taskId });
}

/** The same message of the same queue is parked once, however often it is delivered. */
function parkedIdOf(queue: string, sqsMessageId: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([queue, sqsMessageId]))
    .digest('hex');
  return `parked_${digest.slice(0, 40)}`;
}

/**
 * A lost attempt falls back at once; any other message of a run or to a flow makes the coordinator repeat what that
 * owes. A lost wake-up is left to the sweeper, else a run or flow that can't be woken would keep coming here.
 */
async function tellCoordinator(letter: DeadLetter, ports: DeadLetterPorts): Promise<void> {
  const { runId: run_id, flowId: flow_id, attempts, reason, messageType } = letter;
  if (flow_id !== undefined && messageType !== 'wake_flow') {
    await send('wake_flow', flow_id, { flow_id }, letter, ports);
  }
  if (run_id === undefined || messageType === 'wake_run') return;
  if (attempts.length === 0) return send('wake_run', run_id, { run_id }, letter, ports);
  const shared = attempts.length > 1 ? { shared: true } : {};
  for (const { taskId: task_id, number, agent } of attempts) {
    await send('task_parked', run_id, { run_id, task_id, attempt: number, agent, reason, ...shared }, letter, ports);
  }
}

async function send(
  type: 'task_parked' | 'wake_run' | 'wake_flow',
  groupId: string,
  payload: JsonObject,
  { tenant, correlationId, messageId }: DeadLetter,
  ports: DeadLetterPorts,
): Promise<void> {
  const { ids, clock, queues, coordinatorQueue } = ports;
  const header = {
    message_id: ids.uuid(),
    correlation_id: correlationId,
    causation_id: messageId,
    timestamp: new Date(clock.now()).toISOString(),
    sender: 'dead-letters',
    receiver: 'coordinator',
    message_type: type,
    priority: Priority.high,
    ttl: TTL_SECONDS,
    tenant,
    schema_version: 1 as const,
  };
  const body = await encodeMessage({ header, payload }, ports);
  await queues.send(coordinatorQueue, [{ body, groupId, deduplicationId: ids.uuid() }]);
}
