import * as z from 'zod';
import { defineManifest } from '../../../../contracts/manifest.ts';
import { Patterns } from '../../analyze/patterns.ts';
import { AssessImportance, ImportanceVote } from '../../collaborate/votes.ts';
import { Stretch } from '../../messages.ts';

export const PatternsAnalyzed = z.object({
  type: z.literal('patterns_analyzed'),
  stretches: z.array(Stretch),
  patterns: Patterns,
});

/** Reads memories and writes down what repeats. The same memories give the same patterns, so it is idempotent. */
export const manifest = defineManifest({
  name: 'assistant-pattern-analyzer',
  description: 'Tells when people speak, about what, how they reply, and what they do every week',
  errorImpact:
    'Imports end without their patterns: questions about habits and topics are answered from single memories.',
  timeoutSeconds: 120,
  memoryMb: 512,
  batchSize: 10,
  effects: 'idempotent',
  confidential: true,
  uses: { memory: { memories: 'read', patterns: 'read-write' } },
  health: { avgProcessingSeconds: 30 },
  parameters: z.object({
    time_zone: z.string().max(64).default('UTC').describe('By whose clock hours and weekdays are counted'),
  }),
  capabilities: {
    assess_importance: {
      description: 'Votes by whether it speaks of what people often speak of, or says when',
      input: AssessImportance,
      output: ImportanceVote,
    },
    analyze_patterns: {
      description: 'What repeats in memories: hours, weekdays, topics, habits, replies',
      input: z.looseObject({
        stretches: z.array(Stretch),
        whole: z
          .boolean()
          .default(true)
          .describe('The whole of their conversations, and remember it; false: this time alone'),
      }),
      output: PatternsAnalyzed,
    },
  },
});
