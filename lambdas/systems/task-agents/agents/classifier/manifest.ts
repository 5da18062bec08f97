import { defineManifest } from '../../../../contracts/manifest.ts';
import { WITH_MODEL } from '../../models/with-model.ts';
import { signed } from '../../work/made-by.ts';
import { Classified, ClassifyInput } from '../../work/shapes.ts';

export const manifest = defineManifest({
  ...WITH_MODEL,
  name: 'classifier',
  description: 'Sorts texts into classes with a model, or by their words where there is none',
  errorImpact: 'Texts are sorted by their words alone, by the statistician.',
  capabilities: {
    'text.classify': {
      description: 'Which of the given labels a text belongs to',
      input: ClassifyInput,
      output: signed(Classified),
    },
  },
});
