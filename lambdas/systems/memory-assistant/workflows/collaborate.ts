import * as z from 'zod';
import { JsonObject } from '../../../contracts/json.ts';
import { definitionOf } from '../../../definitions/part.ts';
import { consensus } from '../../../definitions/patterns/consensus.ts';
import { AssessImportance } from '../collaborate/votes.ts';

const vote = (id: string, agent: string) => ({ id, agent, type: 'assess_importance', timeoutSeconds: 60 });

/**
 * The seed document's collaborative analysis, by consensus: analyzer, mapper and insight generator each say whether a memory is
 * worth keeping close at hand. Two votes are enough; a tie keeps it.
 */
export const collaborate = definitionOf(
  {
    name: 'assistant.collaborate',
    description: 'Three agents vote whether a memory is worth keeping close at hand',
    input: JsonObject.parse(z.toJSONSchema(AssessImportance, { io: 'input' })),
    output: ['release'],
  },
  consensus({
    id: 'verdict',
    participants: [
      vote('pattern_analyzer', 'assistant-pattern-analyzer'),
      vote('relationship_mapper', 'assistant-relationship-mapper'),
      vote('insight_generator', 'assistant-insight-generator'),
    ],
    quorum: 2,
    tie: 'first',
  }),
  {
    tasks: [
      {
        ...{ id: 'release', type: 'apply_security', description: 'What goes out passes the guardian' },
        ...{ dependsOn: ['verdict'], input: { document: '{% $results.verdict %}' } },
      },
    ],
    names: ['release'],
  },
);
