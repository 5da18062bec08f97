import type { ChannelHandlers } from '../../../runtime/agent.ts';
import { CHANNELS, type ChannelOf } from './channels.ts';
import type { MessageType } from './message-types.ts';
import { acknowledge, hearing } from './say.ts';
import { PUBLISHERS, type Role, SUBSCRIPTIONS } from './subscriptions.ts';

/** What a request is announced by. The work itself comes as a task: see docs/decisions/0030. */
export interface Announced {
  readonly channel: ChannelOf;
  readonly type: MessageType;
}

/** What every worker does with what it hears: it acknowledges requests, reports when it is asked to, and notes errors. */
export function workerChannels(role: Role, agent: string, announced?: Announced): ChannelHandlers {
  return {
    ...(announced &&
      hearing(announced.channel, role, [announced.type], async (message, ctx) => {
        ctx.logger.info('request heard', { message_id: message.header.message_id, type: announced.type });
        await acknowledge(ctx, role, message, { status: 'received', detail: agent });
      })),
    ...hearing(CHANNELS.ORCHESTRATOR_COMMAND, role, ['ANALYSIS_REQUEST'], async (message, ctx) => {
      const unheard = message.payload.scope !== 'agents';
      await acknowledge(ctx, role, message, unheard ? { status: 'refused' } : { status: 'reported', detail: agent });
    }),
    ...hearing(CHANNELS.SYSTEM_ERROR, role, ['ERROR'], async ({ header, payload }, ctx) => {
      ctx.logger.info('an error elsewhere', { of: header.sender, code: payload.error_code, type: payload.error_type });
    }),
  };
}

/** A worker's `channels` in its manifest. */
export const channelsOf = (role: Role): { publishes: string[]; subscribes: string[] } => ({
  publishes: [...PUBLISHERS[role]],
  subscribes: [...SUBSCRIPTIONS[role]],
});
