import * as z from 'zod';
import { Json } from '../../../contracts/json.ts';
import { MadeBy } from '../work/made-by.ts';

/** One agent's word on one field, in the form that all of them share. */
export const Claim = z.object({
  field: z.string().describe('snake_case'),
  value: Json,
  confidence: z.number().min(0).max(1),
  part: z.string().describe('The id of the part that it comes from'),
  evidence: z.string().optional().describe('The place that it was taken from, in its own words'),
});
export type Claim = z.infer<typeof Claim>;

/** A field on which parts disagree: who won, who lost, and why. */
export const Conflict = z.object({
  field: z.string(),
  settled_by: z.enum(['majority', 'confidence', 'preference', 'order']),
  winner: z.object({ value: Json, parts: z.array(z.string()), weight: z.number() }),
  losers: z.array(z.object({ value: Json, parts: z.array(z.string()), weight: z.number(), why: z.string() })),
  needs_person: z.boolean().describe('Nothing speaks for one rather than the other'),
});
export type Conflict = z.infer<typeof Conflict>;

export const Quality = z.object({
  completeness: z.number().describe('Parts that answered, of those that were expected'),
  agreement: z.number().describe('Fields on which nobody disagrees, of all'),
  confidence: z.number().describe('Of what was chosen, on average'),
  evidence: z.number().describe('Fields with a place that they were taken from, of all'),
  score: z.number().describe('The mean of the four'),
  grade: z.enum(['A', 'B', 'C', 'D']).describe('From 0.85, 0.7, 0.5 on; D below'),
});
export type Quality = z.infer<typeof Quality>;

const Provenance = z.object({
  part: z.string(),
  made_by: MadeBy.optional(),
  answered_by: z.string().describe('"model fast", "statistics", or "unknown"'),
  source: z.string().optional().describe('The id of the input that it worked on'),
  confidence: z.number(),
  evidence: z.string().optional(),
  digest: z.string().describe('sha256 of the claim as it came'),
});

export const AggregateInput = z.strictObject({
  answers: z
    .record(z.string(), Json)
    .describe('What each part answered, by its id; null from one that failed or was not there in time'),
  question: z.string().max(2_000).optional().describe('Kept with the answer'),
  prefer: z.array(z.string()).default([]).describe('Parts that win where nothing else decides, the best first'),
  about: z
    .record(z.string(), z.string().max(100))
    .default({})
    .describe('What a part speaks of, by its id: parts about different documents say nothing against each other'),
});
export const Aggregated = z.object({
  status: z.enum(['complete', 'partial']),
  question: z.string().optional(),
  answer: z.record(z.string(), Json),
  missing: z.array(z.string()).describe('Parts that did not answer'),
  conflicts: z.array(Conflict),
  quality: Quality,
  provenance: z.record(z.string(), z.array(Provenance)).describe('By field, those who say what was chosen'),
  metadata: z.object({
    run: z.string(),
    task: z.string(),
    made_at: z.string(),
    parts: z.number().int(),
    agents: z.array(z.string()),
    models: z.array(z.string()),
    tokens: z.number().int(),
    chain: z.array(z.string()).describe('What was done, in its order'),
  }),
});
export type Aggregated = z.infer<typeof Aggregated>;
