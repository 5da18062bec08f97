import { defineAgent } from '../../../../runtime/agent.ts';
import { engage } from '../../engagement/engage.ts';
import { CHANNELS } from '../../messages/channels.ts';
import { workerChannels } from '../../messages/worker-channels.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(
  manifest,
  {
    'maintenance.engage': (input, ctx) =>
      engage(input, ctx, {
        answerHours: ctx.parameters.answer_hours,
        letters: ctx.parameters.letters,
        laterDays: ctx.parameters.later_days,
        personDays: ctx.parameters.person_days,
      }),
  },
  workerChannels('customer_engagement_agent', manifest.name, {
    channel: CHANNELS.CUSTOMER_ENGAGEMENT_REQUEST,
    type: 'CUSTOMER_ENGAGEMENT',
  }),
);
