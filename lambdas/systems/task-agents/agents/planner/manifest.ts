import { defineManifest } from '../../../../contracts/manifest.ts';
import { WITH_MODEL } from '../../models/with-model.ts';
import { Goal, Plan } from '../../plan/shapes.ts';

export const manifest = defineManifest({
  ...WITH_MODEL,
  name: 'planner',
  description: 'Cuts a goal into subtasks that the material allows',
  errorImpact: 'Goals are not taken on: whoever asked is told so.',
  timeoutSeconds: 30,
  capabilities: {
    'work.plan': { description: 'Subtasks, and why each is there', input: Goal, output: Plan },
  },
});
