import * as z from 'zod';
import { agentSource, type BusEvent, PLATFORM_SOURCE } from '../../contracts/bus-events.ts';
import { DataError } from '../../contracts/errors.ts';
import { hotSchema } from '../../contracts/hot-schema.ts';
import { JsonObject } from '../../contracts/json.ts';
import { STREAM_EVENTS, StreamMessage, type TokenPiece } from '../../contracts/stream-messages.ts';
import type { QueueRecord } from '../../runtime/queue-record.ts';
import { checkedEvent } from './event-frames.ts';
import type { WritePorts } from './stream-ports.ts';

/** Something that those who follow may have to be told. */
export type Told = { readonly id: string } & ({ readonly event: BusEvent } | { readonly tokens: TokenPiece });

const Message = hotSchema(StreamMessage);
const FromBus = z.object({
  id: z.string().min(1).max(128),
  source: z.string(),
  'detail-type': z.enum(STREAM_EVENTS),
  detail: JsonObject,
});
/** An assumed role as SQS names it: the role's unique id and the session. */
const ASSUMED_ROLE = /^(AROA[A-Z0-9]+):/;

type WhoSends = Pick<WritePorts, 'roleOf' | 'agentBehind'>;

/**
 * What a message says. Who speaks is held against the bus's source, or against the role that SQS saw, where it names one:
 * agents may put pieces of text here, but they are not the bus.
 * @throws DataError when it can't be read, or somebody speaks for another
 */
export async function readMessage(record: QueueRecord, ports: WhoSends): Promise<Told[]> {
  const json: unknown = parsed(record.body);
  if (typeof json === 'object' && json !== null && 'detail-type' in json) {
    await checkSender(undefined, record.senderId, ports);
    return [fromBus(json)];
  }
  const message = Message.safeParse(json);
  if (!message.success) throw new DataError('bad_message', 'this is no message to the stream');
  const { data } = message;
  if (data.kind === 'tokens') {
    await checkSender(data.agent, record.senderId, ports);
    return [{ id: `${data.stream}/${data.n}`, tokens: data }];
  }
  await checkSender('coordinator', record.senderId, ports);
  return data.events.flatMap(({ id, name, detail }) => {
    const event = checkedEvent(name, detail);
    const isOwn = event && 'workflow_id' in event.detail && event.detail.workflow_id === data.run_id;
    if (!isOwn || tenantOf(event) !== data.tenant) throw new DataError('bad_message', `${name} is not of this run`);
    return [{ id, event }];
  });
}

export function tenantOf({ detail }: BusEvent): string | undefined {
  return 'tenant' in detail ? detail.tenant : undefined;
}

function fromBus(json: object): Told {
  const read = FromBus.safeParse(json);
  if (!read.success) throw new DataError('bad_message', 'this is no event that the stream takes');
  const { id, source, 'detail-type': name, detail } = read.data;
  const event = checkedEvent(name, detail);
  if (!event) throw new DataError('bad_message', `${name} is not as it must be`);
  const isAgents = event.name === 'task_progress' || event.name === 'agent_status';
  const speaker = isAgents ? agentSource(event.detail.agent) : PLATFORM_SOURCE;
  if (source !== speaker) throw new DataError('speaker_not_permitted', `"${source}" may not say ${name}`);
  return { id, event };
}

/** @param sender undefined: the bus, whose role is nobody's here */
async function checkSender(sender: string | undefined, senderId: string, ports: WhoSends): Promise<void> {
  const role = ASSUMED_ROLE.exec(senderId)?.[1];
  if (role === undefined) return;
  const speaker = await ports.agentBehind(role);
  const expected = sender === undefined ? undefined : await ports.roleOf(sender);
  const isOther = speaker === undefined ? expected !== undefined && expected !== role : speaker !== sender;
  if (!isOther) return;
  const name = sender ?? 'the bus';
  throw new DataError('identity_mismatch', `${role} spoke in the name of ${name}`, {
    ...(speaker !== undefined && { agent: speaker }),
  });
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new DataError('bad_message', 'the message is not JSON');
  }
}
