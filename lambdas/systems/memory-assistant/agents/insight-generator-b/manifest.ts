import { instanceOf } from '../../scaling/instance-of.ts';
import { manifest as insightGenerator } from '../insight-generator/manifest.ts';

/** Version b of the insight generator, for experiments: more memories looked at, more of them cited. */
export const manifest = instanceOf(insightGenerator, {
  name: 'assistant-insight-generator-b',
  version: '1.1.0',
  description: 'Version b of the insight generator: looks at more memories, and cites more of them',
  parameters: { recalled: 50, most_citations: 5 },
});
