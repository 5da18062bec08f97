import { defineManifest } from '../../../../contracts/manifest.ts';
import { Aggregated, AggregateInput } from '../../aggregate/shapes.ts';

export const manifest = defineManifest({
  name: 'aggregator',
  description:
    'Makes one answer of what several agents answered, with what they disagree on and where each field comes from',
  errorImpact: 'Runs with several agents end without an answer, though their parts are done.',
  timeoutSeconds: 30,
  effects: 'none',
  capabilities: {
    'results.aggregate': {
      description: 'Harmonizes, settles conflicts, assesses, formats, and says where everything comes from',
      input: AggregateInput,
      output: Aggregated,
    },
  },
});
