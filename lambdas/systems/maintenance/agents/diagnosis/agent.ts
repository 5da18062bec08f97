import { defineAgent } from '../../../../runtime/agent.ts';
import { diagnose } from '../../analysis/diagnose.ts';
import { workerChannels } from '../../messages/worker-channels.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(
  manifest,
  {
    'maintenance.diagnose': ({ analysis, days }, { parameters }) =>
      diagnose(analysis, days, {
        ...{ soon: parameters.soon, urgent: parameters.urgent, urgentDays: parameters.urgent_days },
      }),
  },
  workerChannels('diagnosis_agent', manifest.name),
);
