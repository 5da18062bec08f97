import { WorkflowDefinition } from '../../../../lambdas/contracts/workflow-definition.ts';

/** Takes back what it has booked: the orders say which booking fails, and which can't be taken back. */
const booking = (id: string, ...dependsOn: string[]) => ({
  id,
  type: 'probe.shared',
  input: { say: `${id} is booked`, fail: `{% $input.${id} ?? null %}` },
  dependsOn,
  undo: {
    type: 'probe.shared',
    input: { say: '{% "not: " & $result.say %}', fail: `{% $input.${id}_undo ?? null %}` },
  },
});

/** A saga. */
export const trip = WorkflowDefinition.parse({
  name: 'probe.trip',
  lifecycle: 'queue',
  tasks: [booking('hotel'), booking('car', 'hotel'), booking('flight', 'car')],
});
