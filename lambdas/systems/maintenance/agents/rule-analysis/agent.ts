import { defineAgent } from '../../../../runtime/agent.ts';
import { analyse, RULES } from '../../analysis/outlook.ts';
import { tellAnalysis } from '../../analysis/tell.ts';
import { CHANNELS } from '../../messages/channels.ts';
import { reporting } from '../../messages/say.ts';
import { workerChannels } from '../../messages/worker-channels.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(
  manifest,
  {
    'maintenance.analyse': reporting(manifest.name, async ({ vehicle_id, days }, ctx) =>
      tellAnalysis(analyse(vehicle_id, days, RULES), ctx),
    ),
  },
  workerChannels('data_analysis_agent', manifest.name, {
    channel: CHANNELS.DATA_ANALYSIS_REQUEST,
    type: 'ANALYSIS_REQUEST',
  }),
);
