import { defineManifest } from '../../../../contracts/manifest.ts';
import { signed } from '../../work/made-by.ts';
import {
  Classified,
  ClassifyInput,
  Extracted,
  ExtractInput,
  Reviewed,
  ReviewInput,
  SummarizeInput,
  Summary,
} from '../../work/shapes.ts';

/** The same work as summarizer, classifier, extractor and reviewer do, without any model: dearer by its `cost`, so they come first. */
export const manifest = defineManifest({
  name: 'statistician',
  description: 'Stands in for the agents with a model, by statistics alone',
  errorImpact: 'When an agent with a model fails, its texts wait instead of being worked on by statistics.',
  timeoutSeconds: 60,
  effects: 'none',
  selection: { cost: 50 },
  capabilities: {
    'text.summarize': {
      description: 'The most central sentences of a text',
      input: SummarizeInput,
      output: signed(Summary),
    },
    'text.classify': {
      description: 'The label whose words a text shares',
      input: ClassifyInput,
      output: signed(Classified),
    },
    'text.extract': {
      description: 'Fields of a JSON Schema, by names and formats',
      input: ExtractInput,
      output: signed(Extracted),
    },
    'text.review': { description: 'A vote by what can be counted', input: ReviewInput, output: signed(Reviewed) },
  },
});
