import { WorkflowDefinition } from '../../../../lambdas/contracts/workflow-definition.ts';

/** One run at a time for each `key`, whosever it is; one that is told to `wait` holds its turn until an event `go`. */
export const turns = WorkflowDefinition.parse({
  name: 'probe.turns',
  lifecycle: 'queue',
  admission: { limits: [{ scope: 'platform', key: '{% $input.key %}', concurrency: 1 }] },
  tasks: [
    { id: 'wait', waitFor: { event: 'go' }, when: '{% $exists($input.wait) %}' },
    { id: 'done', value: true },
  ],
});
