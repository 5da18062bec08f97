import * as z from 'zod';
import { DataError, issuesOf } from '../../../contracts/errors.ts';
import { JsonObject } from '../../../contracts/json.ts';
import { TenantId } from '../../../contracts/names.ts';
import { PriorityLevel } from '../../../contracts/priority.ts';
import type { ChannelOf } from './channels.ts';
import { DEFAULT_PRIORITIES, MessageType } from './message-types.ts';
import { PAYLOADS, type PayloadInput, type PayloadOf } from './payloads.ts';
import { OPEN_TO_OUTSIDERS, type Outsider, PUBLISHERS, type Role, roleOf } from './subscriptions.ts';

/** Clocks of vehicles may be a little ahead; what is far ahead would never be too old. */
const AHEAD_MS = 86_400_000;
const Id = z.string().min(1).max(128);

/** The seed document's header, field by field. */
export const MessageHeader = z.object({
  message_id: Id.describe('Unique; a duplicate delivery carries the same one'),
  correlation_id: Id.describe('Workflow tracking: the same in all messages about one piece of work'),
  timestamp: z.iso.datetime({ offset: true }),
  sender: z.string().min(1).max(64),
  receiver: z.string().min(1).max(64),
  message_type: MessageType,
  priority: PriorityLevel,
  reply_to: Id.optional().describe('message_id of what this answers'),
  ttl: z.number().int().positive().max(1_209_600).default(300).describe('Seconds after which nobody works on it'),
});
export type MessageHeader = z.infer<typeof MessageHeader>;

/** A message on a channel. `tenant` is the platform's: whose vehicles these are. */
export const Message = z.object({ header: MessageHeader, payload: JsonObject, tenant: TenantId.optional() });
export interface MessageOf<T extends MessageType> {
  readonly header: MessageHeader & { readonly message_type: T };
  readonly payload: PayloadOf<T>;
}

/** What only the sender knows of a message. */
export interface Draft<T extends MessageType> {
  readonly type: T;
  readonly id: string;
  readonly correlationId: string;
  readonly sender: Role | Outsider;
  readonly receiver: string;
  readonly payload: PayloadInput<T>;
  /** ms */
  readonly now: number;
  readonly tenant?: string;
  readonly priority?: PriorityLevel;
  readonly replyTo?: string;
  readonly ttl?: number;
}

/** A message as it goes onto a channel; the type says its priority unless the sender knows better. */
export function messageOf<T extends MessageType>(draft: Draft<T>): JsonObject {
  const { type, id, correlationId, sender, receiver, payload, now, tenant, replyTo, ttl } = draft;
  const header = {
    message_id: id,
    correlation_id: correlationId,
    timestamp: new Date(now).toISOString(),
    ...{ sender, receiver, message_type: type },
    priority: draft.priority ?? DEFAULT_PRIORITIES[type],
    ...(replyTo !== undefined && { reply_to: replyTo }),
    ttl: ttl ?? 300,
  };
  // The platform finds the correlation and the tenant of what is said on a channel at the top.
  return JsonObject.parse({ header, payload, correlation_id: correlationId, ...(tenant !== undefined && { tenant }) });
}

/** What a receiver knows of how a message came. */
export interface Arrival {
  readonly channel: ChannelOf;
  /** The agent that has said it, as its signature shows; undefined: somebody who is none. */
  readonly from: string | undefined;
  /** ms */
  readonly now: number;
}

/**
 * A message that was heard, checked: its form, that it is of the expected type, that whoever said it may speak on the channel
 * and is who the header names, and that its time is not over.
 * @throws DataError `message_invalid`, `unexpected_type`, `sender_not_permitted`, `message_expired`; `details.field` says where
 */
export function readMessage<T extends MessageType>(
  detail: JsonObject,
  expected: readonly T[],
  arrival: Arrival,
): MessageOf<T> {
  const parsed = Message.safeParse(detail);
  if (!parsed.success) throw invalid(parsed.error);
  const { header, payload } = parsed.data;
  const type = expected.find((one) => one === header.message_type);
  if (!type)
    throw new DataError(
      'unexpected_type',
      `${arrival.channel} takes ${expected.join(' or ')}, not ${header.message_type}`,
      { field: 'header.message_type' },
    );
  checkSender(header.sender, arrival);
  if (Date.parse(header.timestamp) > arrival.now + AHEAD_MS)
    throw new DataError('message_invalid', `it was said at ${header.timestamp}, which is yet to come`, {
      field: 'header.timestamp',
    });
  if (arrival.now > Date.parse(header.timestamp) + header.ttl * 1_000)
    throw new DataError('message_expired', `its ttl of ${header.ttl} s is over`, { field: 'header.ttl' });
  const body = PAYLOADS[type].safeParse(payload);
  if (!body.success) throw invalid(body.error, 'payload.');
  return { header: { ...header, message_type: type }, payload: body.data as PayloadOf<T> };
}

/** @throws DataError `sender_not_permitted` */
function checkSender(claimed: string, { channel, from }: Arrival): void {
  const reason = from === undefined ? faultOfOutsider(claimed, channel) : faultOfAgent(claimed, from, channel);
  if (reason !== undefined) throw new DataError('sender_not_permitted', reason, { field: 'header.sender' });
}

function faultOfOutsider(claimed: string, channel: ChannelOf): string | undefined {
  if (!OPEN_TO_OUTSIDERS.includes(channel)) return `${channel} is for agents of this system`;
  return Object.hasOwn(PUBLISHERS, claimed) ? `somebody who is no agent speaks as ${claimed}` : undefined;
}

function faultOfAgent(claimed: string, agent: string, channel: ChannelOf): string | undefined {
  const role = roleOf(agent);
  if (!role || !PUBLISHERS[role].includes(channel)) return `${agent} may not speak on ${channel}`;
  return claimed === role ? undefined : `${agent} speaks as ${claimed}`;
}

function invalid(error: z.ZodError, prefix = ''): DataError {
  const field = prefix + (error.issues[0]?.path.join('.') ?? '');
  return new DataError('message_invalid', issuesOf(error).slice(0, 1_000), { field });
}
