import { defineManifest } from '../../../../contracts/manifest.ts';
import { WITH_MODEL } from '../../models/with-model.ts';
import { signed } from '../../work/made-by.ts';
import { Reviewed, ReviewInput } from '../../work/shapes.ts';

export const manifest = defineManifest({
  ...WITH_MODEL,
  name: 'reviewer',
  description:
    'Looks answers over: words and numbers against the source, length, constraints, a schema; and what a model thinks',
  errorImpact: 'Answers are reviewed by what can be counted alone, by the statistician.',
  capabilities: {
    'text.review': {
      description: 'A vote, accept or revise, with what was found',
      input: ReviewInput,
      output: signed(Reviewed),
    },
  },
});
