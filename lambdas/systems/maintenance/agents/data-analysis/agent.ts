import { NonRecoverableError } from '../../../../contracts/errors.ts';
import { defineAgent } from '../../../../runtime/agent.ts';
import { analyse, learnedOracle } from '../../analysis/outlook.ts';
import { tellAnalysis } from '../../analysis/tell.ts';
import { LEARNED_MODELS } from '../../artefacts/learned-models.ts';
import { CHANNELS } from '../../messages/channels.ts';
import { reporting } from '../../messages/say.ts';
import { workerChannels } from '../../messages/worker-channels.ts';
import { manifest } from './manifest.ts';

/** Below it a trend is a guess: the models were trained on vehicles that were known for three weeks. */
const LEAST_CONFIDENCE = 0.35;
const oracle = learnedOracle(LEARNED_MODELS);

export const agent = defineAgent(
  manifest,
  {
    'maintenance.analyse': reporting(manifest.name, async ({ vehicle_id, days }, ctx) => {
      const analysis = analyse(vehicle_id, days, oracle);
      // Another agent of this capability takes it, which asks for less.
      if (analysis.confidence < LEAST_CONFIDENCE)
        throw new NonRecoverableError('too_little_known', `too few values of ${vehicle_id} for the learned models`, {
          confidence: analysis.confidence,
        });
      return tellAnalysis(analysis, ctx);
    }),
  },
  workerChannels('data_analysis_agent', manifest.name, {
    channel: CHANNELS.DATA_ANALYSIS_REQUEST,
    type: 'ANALYSIS_REQUEST',
  }),
);
