import { defineManifest } from '../../../../contracts/manifest.ts';
import { WITH_MODEL } from '../../models/with-model.ts';
import { signed } from '../../work/made-by.ts';
import { Extracted, ExtractInput } from '../../work/shapes.ts';

export const manifest = defineManifest({
  ...WITH_MODEL,
  name: 'extractor',
  description: 'Takes data out of texts, as a JSON Schema wants it',
  errorImpact: 'Data is taken out of texts by names and formats alone, by the statistician.',
  capabilities: {
    'text.extract': {
      description: 'The fields of a JSON Schema, each with the place in the text that it was taken from',
      input: ExtractInput,
      output: signed(Extracted),
    },
  },
});
