import { defineManifest } from '../../../../contracts/manifest.ts';
import { Supervised, SuperviseInput } from '../../plan/supervise.ts';

/** Dearer than the supervisor, so that it gets the work only when that one does not answer. */
export const manifest = defineManifest({
  name: 'deputy',
  description: 'Takes over from a supervisor that has died, with what its agents have answered already',
  errorImpact: 'When the supervisor dies in the middle of a goal, a person has to see to it.',
  timeoutSeconds: 60,
  effects: 'none',
  selection: { cost: 50 },
  uses: { steps: true },
  capabilities: {
    'work.supervise': { description: 'As the supervisor does it', input: SuperviseInput, output: Supervised },
  },
});
