import { WorkflowDefinition } from '../../../contracts/workflow-definition.ts';
import { INSIGHTS_WORKFLOW } from './names.ts';

/** What the fleet as a whole says. Feedback that comes in quick succession is looked at once, when it has been quiet for 20 seconds. */
export const fleetInsights = WorkflowDefinition.parse({
  name: INSIGHTS_WORKFLOW,
  description: 'Compares how often parts were found worn between batches, plants and models',
  admission: {
    debounce: { key: 'fleet', seconds: 20, atMostSeconds: 300 },
    singleton: { key: 'fleet', mode: 'wait' },
  },
  tasks: [{ id: 'insights', type: 'maintenance.insights', priority: 1, input: {} }],
});
