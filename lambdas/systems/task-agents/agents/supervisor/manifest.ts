import { defineManifest } from '../../../../contracts/manifest.ts';
import { Supervised, SuperviseInput } from '../../plan/supervise.ts';

export const manifest = defineManifest({
  name: 'supervisor',
  description: 'Takes a goal on: has it planned, hands the parts out, has them reviewed, sends back, puts together',
  errorImpact: 'Goals with several parts go to the deputy; if it fails as well, they wait.',
  timeoutSeconds: 60,
  effects: 'none',
  uses: { steps: true },
  capabilities: {
    'work.supervise': {
      description: 'One reviewed answer to a goal, with all that led to it',
      input: SuperviseInput,
      output: Supervised,
    },
  },
});
