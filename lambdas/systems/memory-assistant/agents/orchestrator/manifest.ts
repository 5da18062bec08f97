import * as z from 'zod';
import { Json } from '../../../../contracts/json.ts';
import { defineManifest } from '../../../../contracts/manifest.ts';
import { Experiment } from '../../experiments/experiment.ts';
import { MANNERS } from '../../learning/constants.ts';
import { Stretch } from '../../messages.ts';

const Manner = z.object({ least_coverage: z.number().optional(), most_citations: z.number().int().optional() });
const Name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'an experiment is named in kebab-case');

export const Route = z.object({
  type: z.literal('routed'),
  variant: z.enum(['a', 'b']),
  experiment: z.string().nullable(),
  manner: Manner.describe('What feedback has taught'),
});
export const Review = z.object({
  type: z.literal('results_synthesized'),
  parts: z.array(
    z.object({
      part: z.string(),
      memories: z.number().int(),
      topics: z.array(z.string()),
      busiest: z.string().nullable(),
    }),
  ),
  missing: z.array(z.string()).describe('Parts that nobody answered for'),
  insights: z.array(z.string()),
});

/** Plans, routes and learns; what it knows is in its own memory. */
export const manifest = defineManifest({
  name: 'assistant-orchestrator',
  description: 'Cuts work into parts and puts the results together, routes questions, and learns from feedback',
  errorImpact: 'Questions are still answered by version a in its usual manner; reviews and experiments stand still.',
  timeoutSeconds: 60,
  memoryMb: 512,
  batchSize: 10,
  effects: 'idempotent',
  confidential: true,
  uses: { memory: { own: 'read-write' } },
  health: { avgProcessingSeconds: 5 },
  capabilities: {
    decompose_task: {
      description: 'Cuts a stretch of time into months, one task each',
      input: z.strictObject({
        conversation: z.string().min(1).max(200),
        since: z.number().int().nonnegative(),
        until: z.number().int().nonnegative(),
        time_zone: z.string().max(64).default('UTC'),
      }),
      output: z.object({
        type: z.literal('decomposed'),
        parts: z.array(z.object({ part: z.string(), stretch: Stretch })),
      }),
    },
    synthesize_results: {
      description: 'Makes one review of the parts; a part that is missing is named',
      input: z.looseObject({ plan: Json, parts: z.array(Json) }),
      output: Review,
    },
    route_request: {
      description: 'Which version answers whom, and in which manner',
      input: z.strictObject({ experiment: Name.optional(), asker: z.string().max(200).optional() }),
      output: Route,
    },
    learn_from_feedback: {
      description: 'Takes a score of an answer; adapts its manner, and counts it for an experiment',
      input: z.strictObject({
        feedback: z.strictObject({
          performance_score: z.number().min(0).max(1),
          variant: z.enum(['a', 'b']).optional(),
          experiment: Name.optional(),
        }),
      }),
      output: z.object({
        type: z.literal('learned'),
        samples: z.number().int(),
        trend: z.number(),
        manner: z.enum(MANNERS),
        experiment: Experiment.nullable(),
      }),
    },
    manage_experiment: {
      description: 'Starts an experiment, widens its share, or stops it',
      input: z.strictObject({
        name: Name,
        action: z.enum(['start', 'share', 'stop', 'show']),
        share: z.number().min(0).max(1).default(0.5),
      }),
      output: z.object({ type: z.literal('experiment'), experiment: Experiment }),
    },
  },
});
