import { defineManifest } from '../../../../contracts/manifest.ts';
import { Analysis } from '../../fleet/shapes.ts';
import { channelsOf } from '../../messages/worker-channels.ts';
import { AnalyseInput } from '../../task-shapes.ts';

/** Tells failures by trees that have learnt from a generated fleet. What it has too few days of it leaves to the rules. */
export const manifest = defineManifest({
  name: 'maintenance-data-analysis',
  description: 'Failure risk and remaining useful life of the parts of a vehicle, by learned models',
  errorImpact: 'Vehicles are judged by simple rules until it is back: some failures are told later, none is lost.',
  effects: 'none',
  selection: { cost: 1 },
  channels: channelsOf('data_analysis_agent'),
  capabilities: {
    'maintenance.analyse': {
      description: 'What is expected of each part, and which signals say so',
      input: AnalyseInput,
      output: Analysis,
    },
  },
});
