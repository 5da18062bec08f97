import { WorkflowDefinition } from '../../../contracts/workflow-definition.ts';
import { askInput } from './inputs.ts';

/** What is asked, as the insight generator takes it: what a request leaves out stays out. */
const ASKED = '$merge([$input ~> |$|{}, ["audience", "asker", "experiment"]|, {"manner": $results.route.manner}])';
const BY_STATISTICS = `{% $merge([${ASKED}, {"method": "statistics"}]) %}`;

const answerBy = (variant: 'a' | 'b', agent: string) => ({
  ...{ id: `answer_${variant}`, type: 'generate_insights', agent, dependsOn: ['route'], input: `{% ${ASKED} %}` },
  ...{ description: 'Find what answers', when: `{% $results.route.variant = '${variant}' %}`, timeoutSeconds: 90 },
  retry: { maxAttempts: 2, intervalSeconds: 1 },
  fallback: { type: 'generate_insights', input: BY_STATISTICS },
});

/**
 * The seed document's request and response: routed to a version, answered, and passed by the guardian. Where the model or a
 * version is down, the other one answers by statistics.
 */
export const ask = WorkflowDefinition.parse({
  name: 'assistant.ask',
  description: 'Answers a question from memories, with citations, or says that it does not know',
  input: askInput,
  tasks: [
    {
      ...{ id: 'route', type: 'route_request', description: 'Which version answers, and in which manner' },
      input: '{% $input ~> |$|{}, ["question", "audience", "as_of", "time_zone"]| %}',
      fallback: { value: { type: 'routed', variant: 'a', experiment: null, manner: {} } },
    },
    answerBy('a', 'assistant-insight-generator'),
    answerBy('b', 'assistant-insight-generator-b'),
    {
      ...{ id: 'release', type: 'apply_security', description: 'What goes out passes the guardian' },
      dependsOn: ['route', 'answer_a', 'answer_b'],
      input: {
        document: '{% $merge([$results.answer_a, $results.answer_b, {"variant": $results.route.variant}]) %}',
        audience: '{% $input.audience ? $input.audience : "owner" %}',
      },
    },
  ],
  output: ['release'],
  timeoutSeconds: 300,
});
