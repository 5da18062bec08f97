import { reportOf } from '../../../contracts/errors.ts';
import type { JsonObject } from '../../../contracts/json.ts';
import type { AgentContext, ChannelContext, ChannelHandlers } from '../../../runtime/agent.ts';
import { CHANNELS, type ChannelOf } from './channels.ts';
import { type Draft, type MessageOf, messageOf, readMessage } from './message.ts';
import type { MessageType } from './message-types.ts';
import { type Role, roleOf } from './subscriptions.ts';

type Speaker = Pick<AgentContext, 'publish' | 'clock' | 'tenant' | 'correlationId'>;

/** Says a message on a channel. */
export function say<T extends MessageType>(
  ctx: Speaker,
  channel: ChannelOf,
  draft: Omit<Draft<T>, 'now' | 'tenant' | 'correlationId'>,
): Promise<void> {
  const { clock, tenant, correlationId } = ctx;
  return ctx.publish(channel, messageOf({ ...draft, now: clock.now(), tenant, correlationId }));
}

/** A message of a task has an id that is the same when the task is done again. */
export const messageId = ({ runId, taskId }: Pick<AgentContext, 'runId' | 'taskId'>, what: string): string =>
  `${runId}/${taskId}/${what}`.slice(-128);

/** What an answer says of the message that it answers. */
export interface Acknowledged {
  readonly status: 'received' | 'duplicate' | 'refused' | 'unanswered' | 'reported';
  readonly detail?: string;
}

/** Tells the sender that its message has arrived: on the monitoring channel, which the orchestrator hears. */
export function acknowledge(
  ctx: Speaker,
  sender: Role,
  { header }: Pick<MessageOf<MessageType>, 'header'>,
  { status, detail }: Acknowledged,
): Promise<void> {
  return say(ctx, CHANNELS.SYSTEM_MONITORING, {
    ...{ type: 'ACK', id: `${header.message_id}/ack/${sender}`.slice(-128), sender, receiver: header.sender },
    replyTo: header.message_id,
    payload: { acknowledged_message_id: header.message_id, status, ...(detail !== undefined && { detail }) },
  });
}

const ERROR_TYPES = {
  data: 'validation',
  system: 'system',
  recoverable: 'processing',
  non_recoverable: 'processing',
} as const;

/** Tells the orchestrator what went wrong: failures of the system are critical, what was sent badly is not. */
export async function sayError(ctx: Speaker, sender: Role, id: string, error: unknown, about?: string): Promise<void> {
  const report = reportOf(error);
  const field = report.details?.field;
  await say(ctx, CHANNELS.SYSTEM_ERROR, {
    ...{ type: 'ERROR', id, sender, receiver: 'master_orchestrator' },
    priority: report.class === 'system' ? 4 : report.class === 'data' ? 2 : 3,
    payload: {
      ...{ error_code: report.code, stack_trace: null },
      error_type: report.code === 'message_expired' ? 'timeout' : ERROR_TYPES[report.class],
      message: report.message.slice(0, 2_000),
      ...(about !== undefined && { vehicle_id: about }),
      ...(typeof field === 'string' && { field }),
    },
  });
}

/**
 * A channel's handler: reads the message, and tells the orchestrator of one that can't be taken. Such a one is not tried again:
 * the same bytes would be refused once more. On the channel for errors only the orchestrator says so: if all who hear an error
 * that is too old answered with one of their own, these would be more than those that came late.
 */
export function hearing<T extends MessageType>(
  channel: ChannelOf,
  self: Role,
  types: readonly T[],
  take: (message: MessageOf<T>, ctx: ChannelContext) => Promise<void>,
): ChannelHandlers {
  return {
    [channel]: async (detail: JsonObject, ctx: ChannelContext) => {
      let message: MessageOf<T>;
      try {
        message = readMessage(detail, types, { channel, from: ctx.from, now: ctx.clock.now() });
      } catch (error) {
        ctx.logger.warn('message refused', { channel, from: ctx.from, reason: reportOf(error).message });
        if (channel === CHANNELS.SYSTEM_ERROR && self !== 'master_orchestrator') return;
        return sayError(ctx, self, `${idOf(detail)}/refused/${self}`.slice(-128), error);
      }
      await take(message, ctx);
    },
  };
}

function idOf({ header, correlation_id: correlation }: JsonObject): string {
  const id = typeof header === 'object' && header !== null && 'message_id' in header ? header.message_id : undefined;
  return typeof id === 'string' && id !== '' ? id : typeof correlation === 'string' ? correlation : 'unknown';
}

/** Does a task's work; what it fails with is also said on the error channel. */
export function reporting<I, O>(
  agent: string,
  work: (input: I, ctx: AgentContext) => Promise<O>,
): (input: I, ctx: AgentContext) => Promise<O> {
  const role = roleOf(agent);
  if (!role) throw new Error(`${agent} has no role in this system`);
  return async (input, ctx) => {
    try {
      return await work(input, ctx);
    } catch (error) {
      await sayError(ctx, role, messageId(ctx, `error-${ctx.attempt}`), error);
      throw error;
    }
  };
}
