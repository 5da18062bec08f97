import * as z from 'zod';
import { Json } from '../../../../contracts/json.ts';
import { defineManifest } from '../../../../contracts/manifest.ts';
import { AssessImportance, ImportanceVote } from '../../collaborate/votes.ts';
import { Answer } from '../../insight/answer-shape.ts';

/** By whom: `statistics`, or the configured name of a model. */
const AnsweredBy = z.string();

export const Insights = z.object({
  type: z.literal('insights'),
  question: z.string().nullable(),
  answered_by: AnsweredBy,
  insights: z.array(z.string()),
  answer: Answer.nullable().describe('Of a question; null when none was asked'),
});

export const InsightParameters = z.object({
  least_coverage: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe("Of a question's words, by weight, that a memory must have: below it, it does not know"),
  most_citations: z.number().int().min(1).max(10).default(3),
  recalled: z.number().int().min(5).max(50).default(30).describe('Memories that it looks at for a question'),
  use_model: z.boolean().default(true).describe('False: statistics answer, even where there is a model'),
});

/** Reads memories and changes nothing. */
export const manifest = defineManifest({
  name: 'assistant-insight-generator',
  description: 'Answers questions from memories, with citations, or says that it does not know',
  errorImpact: 'Questions to the memory assistant get no answer; what was remembered stays safe.',
  timeoutSeconds: 60,
  memoryMb: 512,
  effects: 'none',
  confidential: true,
  uses: {
    models: ['fast'],
    worksWithoutModels: true,
    memory: { memories: 'read', relationships: 'read', patterns: 'read' },
  },
  budget: { usd: 0.05, calls: 4, atLimit: 'stop' },
  health: { avgProcessingSeconds: 10 },
  parameters: InsightParameters,
  capabilities: {
    assess_importance: {
      description: 'Votes by whether it says what no other memory says',
      input: AssessImportance,
      output: ImportanceVote,
    },
    generate_insights: {
      description: 'An answer to a question, or what is worth telling of what other agents have found',
      input: z.looseObject({
        question: z.string().min(1).max(2_000).optional(),
        document: Json.optional().describe('What the agents before have found'),
        as_of: z.number().int().optional().describe('What was known then, ms'),
        time_zone: z.string().max(64).optional(),
        method: z.enum(['best', 'statistics']).optional().describe('Default: a model if there is one'),
        manner: z
          .strictObject({
            least_coverage: z.number().min(0).max(1).optional(),
            most_citations: z.number().int().min(1).max(10).optional(),
          })
          .optional()
          .describe('Instead of its parameters, as feedback or an experiment has it'),
      }),
      output: Insights,
    },
  },
});
