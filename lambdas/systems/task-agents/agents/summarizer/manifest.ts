import { defineManifest } from '../../../../contracts/manifest.ts';
import { WITH_MODEL } from '../../models/with-model.ts';
import { signed } from '../../work/made-by.ts';
import { SummarizeInput, Summary } from '../../work/shapes.ts';

export const manifest = defineManifest({
  ...WITH_MODEL,
  name: 'summarizer',
  description: 'Summarizes texts with a model, or by their most central sentences where there is none',
  errorImpact: 'Texts are summarized by their own sentences alone, by the statistician, and no tokens are streamed.',
  capabilities: {
    'text.summarize': {
      description: 'A few sentences that say what a text says',
      input: SummarizeInput,
      output: signed(Summary),
    },
  },
});
