import type { Envelope } from '../../contracts/envelope.ts';
import { WakeFlow, WakeRun } from '../../contracts/messages.ts';
import type { SecurityLog } from '../../contracts/security-events.ts';
import { decodeMessage, encodeMessage } from '../../runtime/message-codec.ts';
import type { Blobs, Clock, Ids, Logger, OutgoingMessage, Queues } from '../../runtime/ports.ts';
import type { BatchWork } from '../../runtime/queue-handler.ts';
import type { MessageSecurity } from '../../runtime/signing/message-security.ts';
import { noteRefusal } from '../../runtime/signing/note-refusal.ts';
import { isRefusal, refusal } from '../../runtime/signing/refusal.ts';

export interface TimersPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly blobs: Blobs;
  readonly messageSecurity: MessageSecurity;
  readonly securityLog: SecurityLog;
  readonly queues: Queues;
  readonly coordinatorQueue: string;
  readonly timersQueue: string;
}

/** The longest that SQS holds a message back. */
const LONGEST_DELAY_SECONDS = 900;

/**
 * Hands wake-ups on to the coordinator when they are due. One that comes early, because its time is further off than
 * SQS can delay, is armed again for the rest. What can't be read comes back until its queue gives it up for repair;
 * should a wake-up be lost all the same, the sweeper stands in for it.
 */
export function createTimers(ports: TimersPorts): BatchWork {
  return async (records, invocation) => {
    const failed: string[] = [];
    const wakes: OutgoingMessage[] = [];
    const early: OutgoingMessage[] = [];
    for (const record of records) {
      try {
        const wake = await decodeMessage(record.body, ports, 'coordinator');
        if (wake.header.sender !== 'coordinator')
          throw refusal('sender_not_permitted', 'may not set timers', wake.header);
        const { group, due = 0 } = wokenBy(wake);
        const seconds = Math.ceil((due - ports.clock.now()) / 1_000);
        if (seconds > 0) early.push({ body: record.body, delaySeconds: Math.min(seconds, LONGEST_DELAY_SECONDS) });
        else wakes.push({ body: await passOn(wake, ports), groupId: group, deduplicationId: ports.ids.uuid() });
      } catch (error) {
        if (isRefusal(error)) {
          noteRefusal(error, { target: 'timers' }, ports);
          continue;
        }
        ports.logger.error('wake-up can not be read', { record: record.id, error });
        failed.push(record.id);
      }
    }
    if (early.length > 0) await ports.queues.send(ports.timersQueue, early);
    if (wakes.length > 0) await ports.queues.send(ports.coordinatorQueue, wakes);
    invocation.note({ woken: wakes.length, armed_again: early.length });
    await ports.securityLog.flush();
    return failed;
  };
}

/** The run or the flow that is to be woken, and when. */
function wokenBy({ header, payload }: Envelope): { readonly group: string; readonly due?: number | undefined } {
  switch (header.message_type) {
    case 'wake_run': {
      const { run_id: group, due } = WakeRun.parse(payload);
      return { group, due };
    }
    case 'wake_flow': {
      const { flow_id: group, due } = WakeFlow.parse(payload);
      return { group, due };
    }
    default:
      throw new Error(`"${header.message_type}" is no wake-up`);
  }
}

/** In the timers' own name: the coordinator holds the name against the role that sent it. */
function passOn({ header, payload }: Envelope, ports: TimersPorts): Promise<string> {
  const { ids, clock } = ports;
  const own = {
    ...header,
    message_id: ids.uuid(),
    causation_id: header.message_id,
    timestamp: new Date(clock.now()).toISOString(),
    sender: 'timers',
    receiver: 'coordinator',
  };
  return encodeMessage({ header: own, payload }, ports);
}
