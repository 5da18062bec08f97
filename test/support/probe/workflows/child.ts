import { WorkflowDefinition } from '../../../../lambdas/contracts/workflow-definition.ts';

/** A task in other workflows: follows `orders`, and waits for an event `go` if it is told to `wait`. */
export const child = WorkflowDefinition.parse({
  name: 'probe.child',
  lifecycle: 'queue',
  tasks: [
    { id: 'pause', waitFor: { event: 'go' }, when: '{% $exists($input.wait) %}' },
    { id: 'work', type: 'probe.shared', input: '{% $input.orders %}' },
  ],
  output: ['work'],
});
