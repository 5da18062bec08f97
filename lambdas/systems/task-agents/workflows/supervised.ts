import { WorkflowDefinition } from '../../../contracts/workflow-definition.ts';
import { SuperviseInput } from '../plan/supervise.ts';
import { inputOf } from './input-of.ts';

/** A supervisor takes the goal on; what it hands out are tasks of the same run. */
export const supervised = WorkflowDefinition.parse({
  name: 'tasks.supervised',
  description: 'A goal and material in; planned, handed out, reviewed, sent back where need be, and put together',
  input: inputOf(SuperviseInput),
  tasks: [{ id: 'supervise', type: 'work.supervise', input: '{% $input %}', timeoutSeconds: 600 }],
  timeoutSeconds: 1_800,
});
