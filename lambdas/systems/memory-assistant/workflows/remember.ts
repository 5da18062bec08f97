import { WorkflowDefinition } from '../../../contracts/workflow-definition.ts';
import { broadcast } from '../../../definitions/patterns/broadcast.ts';
import { rememberInput } from './inputs.ts';
import { ONE_AT_A_TIME } from './one-at-a-time.ts';

const told = broadcast({
  id: 'heard',
  to: [
    { id: 'pattern_analyzer', type: 'analyze_patterns', limits: [...ONE_AT_A_TIME.patterns] },
    { id: 'relationship_mapper', type: 'update_relationships', limits: [...ONE_AT_A_TIME.relationships] },
  ],
  input: { stretches: '{% [$results.process.stretches] %}' },
  tolerate: 1,
  after: ['process'],
});

/**
 * The seed document's event: a memory was processed, and analyzer and mapper hear of it at once. The harvester says it on
 * `channel.assistant.memory_processed` as well, for whoever else listens.
 */
export const remember = WorkflowDefinition.parse({
  name: 'assistant.remember',
  description: 'Remembers one memory, and tells those who make something of it',
  input: rememberInput,
  tasks: [
    {
      id: 'process',
      type: 'process_memory',
      input: { raw_input: '{% $input.memory %}' },
      limits: [...ONE_AT_A_TIME.harvest],
    },
    ...told.tasks,
    {
      ...{
        id: 'release',
        type: 'apply_security',
        description: 'What goes out passes the guardian',
        dependsOn: ['process', 'heard'],
      },
      input: {
        document: {
          processed_memory: '{% $results.process.processed_memory %}',
          heard_by: '{% [$each($results.heard, function($v, $k) { $v = null ? [] : $k })] %}',
        },
      },
    },
  ],
  groups: told.groups,
  output: ['release'],
});
