import { defineAgent } from '../../../../runtime/agent.ts';
import { CHANNELS } from '../../messages/channels.ts';
import { reporting } from '../../messages/say.ts';
import { workerChannels } from '../../messages/worker-channels.ts';
import { cancelBooking, schedule } from '../../scheduling/schedule.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(
  manifest,
  {
    'maintenance.schedule': reporting(manifest.name, (input, ctx) => schedule(input, ctx)),
    'maintenance.cancel_booking': reporting(manifest.name, cancelBooking),
  },
  workerChannels('scheduling_agent', manifest.name, {
    channel: CHANNELS.SCHEDULING_REQUEST,
    type: 'SCHEDULING_REQUEST',
  }),
);
