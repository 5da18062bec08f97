import * as z from 'zod';
import { defineManifest } from '../../../lambdas/contracts/manifest.ts';

const about = { description: 'for tests', errorImpact: 'Nobody notices: it exists in tests only.' };

export const extractor = defineManifest({
  ...about,
  name: 'extractor',
  capabilities: {
    'etl.extract': {
      description: 'reads a table',
      input: z.strictObject({
        table: z.string(),
        limit: z.number().optional(),
        format: z.enum(['csv', 'parquet']).optional(),
        source: z.strictObject({ kind: z.literal('csv'), key: z.string(), header: z.boolean().optional() }).optional(),
      }),
      output: z.object({ key: z.string(), rows: z.number(), columns: z.array(z.string()) }),
    },
    'etl.drop': { description: 'deletes what was read', input: z.strictObject({ key: z.string() }), output: z.null() },
  },
});

export const loader = defineManifest({
  ...about,
  name: 'loader',
  capabilities: {
    'etl.load': {
      description: 'loads files',
      input: z.strictObject({ keys: z.array(z.string()), expect: z.number().default(0) }),
      output: z.object({ loaded: z.number() }),
    },
  },
});

export const critic = defineManifest({
  ...about,
  name: 'critic',
  capabilities: {
    'text.judge': {
      description: 'judges a text',
      input: z.strictObject({ text: z.string() }),
      output: z.object({ vote: z.enum(['keep', 'drop']), why: z.string() }),
    },
  },
});
