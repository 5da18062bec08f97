import * as z from 'zod';
import { JsonObject } from '../../../contracts/json.ts';
import { WorkflowDefinition } from '../../../contracts/workflow-definition.ts';
import { decompose } from '../../../definitions/patterns/decompose.ts';
import { Audience } from '../privacy/policy.ts';

const cut = decompose({
  plan: { id: 'plan', type: 'decompose_task', input: '{% $input ~> |$|{}, ["audience"]| %}' },
  group: 'months',
  synthesize: { id: 'review', type: 'synthesize_results' },
  limit: 8,
  tolerate: 60,
});

/** The seed document's decomposition: a period is cut into months, agents look at them side by side, and one review comes of it. */
export const review = WorkflowDefinition.parse({
  name: 'assistant.review',
  description: 'What a conversation was about, month by month',
  input: JsonObject.parse(
    z.toJSONSchema(
      z.strictObject({
        conversation: z.string().min(1).max(200),
        since: z.number().int().describe('ms since 1970'),
        until: z.number().int(),
        time_zone: z.string().max(64).optional(),
        audience: Audience.optional(),
      }),
      { io: 'input' },
    ),
  ),
  tasks: [
    ...cut.tasks,
    {
      ...{
        id: 'release',
        type: 'apply_security',
        description: 'What goes out passes the guardian',
        dependsOn: ['review'],
      },
      input: { document: '{% $results.review %}', audience: '{% $input.audience ? $input.audience : "owner" %}' },
    },
  ],
  groups: cut.groups,
  output: ['release'],
});
