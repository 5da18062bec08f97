import { defineManifest } from '../../../../contracts/manifest.ts';
import { Analysis } from '../../fleet/shapes.ts';
import { channelsOf } from '../../messages/worker-channels.ts';
import { AnalyseInput } from '../../task-shapes.ts';

/** The baseline: physics and a straight line. Backup of the learned models, and their competitor. */
export const manifest = defineManifest({
  name: 'maintenance-rule-analysis',
  description: 'Failure risk and remaining useful life of the parts of a vehicle, by physical limits and trends',
  errorImpact: 'Vehicles with little history are not judged, and nobody stands in when the learned models fail.',
  effects: 'none',
  // It errs more, so a task costs more: of two that are well, the learned models get it.
  selection: { cost: 4 },
  channels: channelsOf('data_analysis_agent'),
  capabilities: {
    'maintenance.analyse': {
      description: 'When the wear that shows will meet its limit',
      input: AnalyseInput,
      output: Analysis,
    },
  },
});
