import { defineAgent } from '../../../../runtime/agent.ts';
import { VEHICLES } from '../../fleet/records.ts';
import { readAll, recordsOf } from '../../fleet/store.ts';
import { fleetInsights } from '../../insights/fleet-insights.ts';
import { CHANNELS } from '../../messages/channels.ts';
import { messageId, reporting, say } from '../../messages/say.ts';
import { workerChannels } from '../../messages/worker-channels.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(
  manifest,
  {
    'maintenance.insights': reporting(manifest.name, async (_: object, ctx) => {
      const found = fleetInsights(await readAll(recordsOf(ctx), VEHICLES));
      const { insights, recommendations, affected_components } = found;
      await say(ctx, CHANNELS.MANUFACTURING_INSIGHTS, {
        ...{ type: 'MANUFACTURING_INSIGHT', id: messageId(ctx, 'insights'), sender: 'manufacturing_insights_agent' },
        receiver: 'manufacturing_system',
        payload: { insights, recommendations, affected_components },
      });
      return found;
    }),
  },
  workerChannels('manufacturing_insights_agent', manifest.name),
);
