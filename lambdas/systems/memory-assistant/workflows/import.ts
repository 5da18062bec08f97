import { WorkflowDefinition } from '../../../contracts/workflow-definition.ts';
import { importInput } from './inputs.ts';
import { ONE_AT_A_TIME } from './one-at-a-time.ts';

/**
 * The seed document's pipeline: harvester → analyzer → mapper → guardian → insights, and the guardian once more at the exit.
 * What was said stays in memory: the tasks hand each other where it lies.
 */
export const importMemories = WorkflowDefinition.parse({
  name: 'assistant.import',
  description: 'Reads a chat, calendar or notes, remembers what is new, and tells what there is to tell of it',
  input: importInput,
  select: 'least_loaded',
  tasks: [
    {
      id: 'harvest',
      type: 'batch_process',
      description: 'Read the file and remember what is new',
      input: '{% $input.batch %}',
      timeoutSeconds: 420,
      limits: [...ONE_AT_A_TIME.harvest],
    },
    {
      ...{ id: 'analyze', type: 'analyze_patterns', description: 'Hours, topics, habits', dependsOn: ['harvest'] },
      input: { stretches: '{% [$results.harvest.stretches] %}' },
      limits: [...ONE_AT_A_TIME.patterns],
    },
    {
      ...{
        id: 'map',
        type: 'update_relationships',
        description: 'Who is who, and who has to do with whom',
        dependsOn: ['harvest', 'analyze'],
      },
      input: { stretches: '{% [$results.harvest.stretches] %}', patterns: '{% $results.analyze.patterns %}' },
      limits: [...ONE_AT_A_TIME.relationships],
    },
    {
      ...{
        id: 'guard',
        type: 'apply_security',
        description: 'Mask what this audience is not to see',
        dependsOn: ['map'],
      },
      input: { document: '{% $results.map %}', audience: '{% $input.audience ? $input.audience : "owner" %}' },
    },
    {
      ...{ id: 'insights', type: 'generate_insights', description: 'What is worth telling', dependsOn: ['guard'] },
      input: { document: '{% $results.guard.document %}' },
    },
    {
      ...{
        id: 'release',
        type: 'apply_security',
        description: 'What goes out passes the guardian',
        dependsOn: ['harvest', 'guard', 'insights'],
      },
      input: {
        audience: '{% $input.audience ? $input.audience : "owner" %}',
        document: {
          harvested: '{% $results.harvest ~> |$|{}, ["stretches"]| %}',
          insights: '{% [$results.insights.insights] %}',
          personal_data: '{% $results.guard.found %}',
        },
      },
    },
  ],
  output: ['release'],
  timeoutSeconds: 1_800,
});
