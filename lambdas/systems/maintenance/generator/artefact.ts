import type { Trained } from './train-models.ts';
import type { SetOptions } from './training-set.ts';

/** What the committed models were trained with: `npx muster fleet train` gives the same bytes again. */
export const TRAINED_WITH: SetOptions & { readonly version: string } = {
  ...{ vehicles: 300, days: 240, seed: 1 },
  version: '1.0.0',
};

/** The module that the agents bring along. */
export function artefactText({ models }: Trained): string {
  return `// Written by "npx muster fleet train", from generated vehicles alone: see README.md in this folder.\nexport const MODELS =\n  '${JSON.stringify(models)}';\n`;
}
