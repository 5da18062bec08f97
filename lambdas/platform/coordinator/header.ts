import type { Header } from '../../contracts/envelope.ts';
import type { MessageType } from '../../contracts/messages.ts';
import { Priority } from '../../contracts/priority.ts';
import type { Clock, Ids } from '../../runtime/ports.ts';
import type { RunState } from '../../workflow/state.ts';

/** Messages of the platform stay true as long as SQS keeps them. */
const TTL_SECONDS = 1_209_600;

/** The header of a message that the coordinator sends to itself, about this run or one that belongs to it. */
export function headerOf(state: RunState, type: MessageType, { clock, ids }: { clock: Clock; ids: Ids }): Header {
  return {
    message_id: ids.uuid(),
    correlation_id: state.request.correlation_id,
    timestamp: new Date(clock.now()).toISOString(),
    sender: 'coordinator',
    receiver: 'coordinator',
    message_type: type,
    priority: Priority.normal,
    ttl: TTL_SECONDS,
    tenant: state.request.tenant,
    schema_version: 1,
  };
}
