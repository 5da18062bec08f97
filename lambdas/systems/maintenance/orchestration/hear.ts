import { DataError } from '../../../contracts/errors.ts';
import type { JsonObject } from '../../../contracts/json.ts';
import type { ChannelContext, ChannelHandlers } from '../../../runtime/agent.ts';
import { BOOKINGS, ENGAGEMENTS } from '../fleet/records.ts';
import { readRecord, recordsOf } from '../fleet/store.ts';
import { keepWord } from '../fleet/words.ts';
import { CHANNELS, type ChannelOf } from '../messages/channels.ts';
import type { MessageOf } from '../messages/message.ts';
import type { MessageType } from '../messages/message-types.ts';
import { acknowledge, hearing, say, sayError } from '../messages/say.ts';
import { INSIGHTS_WORKFLOW, VEHICLE_WORKFLOW } from '../workflows/names.ts';
import { seeToLate } from './late.ts';

const SELF = 'master_orchestrator';

/** All that the orchestrator hears: what comes from outside becomes runs, or events of runs; outputs of agents are noted. */
export const orchestratorChannels: ChannelHandlers = {
  ...hearing(CHANNELS.VEHICLE_DATA_INPUT, SELF, ['VEHICLE_DATA'], async (message, ctx) => {
    const { vehicle_id } = message.payload;
    const data = JSON.parse(JSON.stringify(message.payload));
    await requestLook(message, vehicle_id, { data, said_at: message.header.timestamp }, ctx);
  }),
  ...hearing(CHANNELS.EXTERNAL_REQUEST, SELF, ['ANALYSIS_REQUEST', 'CUSTOMER_ENGAGEMENT'], (message, ctx) =>
    isEngagement(message) ? passOn(message, 'customer_reply', message.payload.engagement_id, ctx) : look(message, ctx),
  ),
  ...hearing(CHANNELS.FEEDBACK_INPUT, SELF, ['FEEDBACK'], (message, ctx) =>
    passOn(message, 'feedback', message.payload.booking_id, ctx),
  ),
  ...hearing(CHANNELS.FEEDBACK_PROCESSED, SELF, ['FEEDBACK'], async ({ header }, ctx) => {
    // Insights wait until feedback has been quiet for a while: see the workflow's way in.
    await ctx.publish('workflow_requested', {
      ...{ workflow: INSIGHTS_WORKFLOW, request_id: `insights-${header.message_id}`.slice(-128), input: {} },
      ...{ tenant: ctx.tenant, priority: header.priority, correlation_id: header.correlation_id },
    });
  }),
  ...noting(CHANNELS.DATA_ANALYSIS_RESULT, 'ANALYSIS_RESULT'),
  ...noting(CHANNELS.CUSTOMER_ENGAGEMENT_RESULT, 'CUSTOMER_ENGAGEMENT'),
  ...noting(CHANNELS.SCHEDULING_RESULT, 'SCHEDULING_RESULT'),
  ...noting(CHANNELS.MANUFACTURING_INSIGHTS, 'MANUFACTURING_INSIGHT'),
  ...noting(CHANNELS.SYSTEM_MONITORING, 'ACK'),
  ...noting(CHANNELS.SYSTEM_TIMEOUT, 'ACK'),
  ...noting(CHANNELS.SYSTEM_ERROR, 'ERROR'),
};

/** The message log proper is the platform's audit; this is for whoever reads the agent's own log. */
function noting(channel: ChannelOf, type: MessageType): ChannelHandlers {
  return hearing(channel, SELF, [type], async ({ header }, ctx) => {
    const { message_id, correlation_id, sender, priority } = header;
    ctx.logger.info('heard', { channel, type, message_id, correlation_id, sender, priority });
  });
}

type External = MessageOf<'ANALYSIS_REQUEST' | 'CUSTOMER_ENGAGEMENT'>;
const isEngagement = (message: External): message is MessageOf<'CUSTOMER_ENGAGEMENT'> =>
  message.header.message_type === 'CUSTOMER_ENGAGEMENT';

async function look(message: External, ctx: ChannelContext): Promise<void> {
  const { payload, header } = message as MessageOf<'ANALYSIS_REQUEST'>;
  if (payload.scope === 'vehicle') return requestLook(message, payload.vehicle_id, {}, ctx);
  if (payload.scope === 'agents') {
    await say(ctx, CHANNELS.ORCHESTRATOR_COMMAND, {
      ...{
        type: 'ANALYSIS_REQUEST',
        id: `${header.message_id}/command`.slice(-128),
        sender: SELF,
        receiver: 'broadcast',
      },
      payload: { scope: 'agents' },
    });
  } else {
    await ctx.publish('workflow_requested', {
      ...{ workflow: INSIGHTS_WORKFLOW, request_id: header.message_id, input: {}, tenant: ctx.tenant },
      ...{ priority: header.priority, correlation_id: header.correlation_id },
    });
  }
  await acknowledge(ctx, SELF, message, { status: 'received' });
}

/** One run for each message, however often it is delivered: the request's id is the message's. */
async function requestLook(
  message: Pick<MessageOf<MessageType>, 'header'>,
  vehicle_id: string,
  more: JsonObject,
  ctx: ChannelContext,
): Promise<void> {
  const { message_id, priority, correlation_id } = message.header;
  await ctx.publish('workflow_requested', {
    ...{ workflow: VEHICLE_WORKFLOW, request_id: message_id, input: { message_id, vehicle_id, ...more } },
    ...{ tenant: ctx.tenant, priority, correlation_id },
  });
  await acknowledge(ctx, SELF, message, { status: 'received' });
}

/**
 * What somebody says about an engagement or a booking goes to the run that waits for it, or will; once that reads no more, to one
 * of its own.
 */
async function passOn(
  message: MessageOf<'FEEDBACK' | 'CUSTOMER_ENGAGEMENT'>,
  event: 'feedback' | 'customer_reply',
  id: string | undefined,
  ctx: ChannelContext,
): Promise<void> {
  const records = recordsOf(ctx);
  const isName = id !== undefined && /^[A-Z]{3}-[0-9a-f]{16}$/.test(id);
  const found = (name: string) =>
    event === 'feedback' ? readRecord(records, BOOKINGS, name) : readRecord(records, ENGAGEMENTS, name);
  const pointer = isName ? await found(id) : undefined;
  if (!pointer || id === undefined) {
    const reason = `${event} for nothing: there is no ${event === 'feedback' ? 'booking' : 'engagement'} "${id ?? ''}"`;
    return refuse(message, `${event}_for_nothing`, reason, ctx);
  }
  const { message_id, correlation_id } = message.header;
  const payload: JsonObject = JSON.parse(JSON.stringify(message.payload));
  const word = { message_id, correlation_id, payload };
  const kept = await keepWord(records, id, word);
  if (kept === 'full') return refuse(message, 'too_much_said', `too much was said of ${id} already`, ctx);
  if (kept === 'read') return acknowledge(ctx, SELF, message, { status: 'duplicate' });
  if (kept === 'late') await seeToLate(event, id, word, ctx);
  else
    await ctx.publish('workflow_event', {
      ...{ workflow_id: pointer.run_id, tenant: ctx.tenant, event, key: id, event_id: message_id },
      payload: { ...payload, message_id },
    });
  await acknowledge(ctx, SELF, message, { status: 'received' });
}

async function refuse(
  message: MessageOf<MessageType>,
  code: string,
  reason: string,
  ctx: ChannelContext,
): Promise<void> {
  await sayError(
    ctx,
    SELF,
    `${message.header.message_id}/refused`.slice(-128),
    new DataError(code, reason, { field: 'payload' }),
  );
  return acknowledge(ctx, SELF, message, { status: 'refused', detail: reason });
}
