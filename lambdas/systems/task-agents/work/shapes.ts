import * as z from 'zod';
import { JsonObject } from '../../../contracts/json.ts';
import { AnsweredBy, Way } from '../models/answered.ts';
import { textInput } from './text-input.ts';

/*
 * What text agents take and give. In a file without their code, since whoever only reads an answer brings none of it along.
 */

export const SummarizeInput = z.strictObject({
  ...textInput,
  sentences: z.number().int().min(1).max(20).default(3),
  about: z.string().max(500).optional().describe('What the summary should pay attention to'),
  way: Way,
});
export const Summary = z.object({
  summary: z.string(),
  key_words: z.array(z.string()),
  read: z.object({
    characters: z.number().int(),
    sentences: z.number().int(),
    shown_to_model: z.number().int().describe('Characters; 0: no model was asked, or none answered'),
  }),
  support: z.number().describe("The share of the summary's terms that its source has, 0 to 1"),
  cut: z.boolean().describe('The model was stopped at its limit; the last whole sentence ends the summary'),
  answered_by: AnsweredBy,
});
export type Summary = z.infer<typeof Summary>;

const LabelName = z.string().min(1).max(100);
export const ClassifyInput = z.strictObject({
  ...textInput,
  labels: z
    .array(
      z.union([
        LabelName.transform((name) => ({ name, description: undefined, examples: undefined })),
        z.strictObject({
          name: LabelName,
          description: z.string().max(1_000).optional(),
          examples: z.array(z.string().max(5_000)).max(100).optional(),
        }),
      ]),
    )
    .min(2)
    .max(50)
    .refine((labels) => new Set(labels.map(({ name }) => name)).size === labels.length, 'labels are different'),
  way: Way,
});
export const Classified = z.object({
  label: z.string().nullable().describe('null: nothing in the text speaks for any of them'),
  confidence: z
    .number()
    .min(0)
    .max(1)
    .describe('By statistics: its share of the likelihood. By a model: as it says, never above 0.9'),
  ranked: z.array(z.object({ label: z.string(), score: z.number() })),
  vote: z.string().describe('The label, for votes; "none" when there is none'),
  answered_by: AnsweredBy,
});
export type Classified = z.infer<typeof Classified>;

export const ExtractInput = z.strictObject({
  ...textInput,
  schema: JsonObject.describe('JSON Schema (2020-12) of an object: what to look for'),
  way: Way,
});
export const Extracted = z.object({
  data: JsonObject.describe('What was found; a field that was not is left out'),
  evidence: z.array(z.object({ field: z.string(), quote: z.string(), from: z.number().int(), how: z.string() })),
  missing: z.array(z.string()).describe('Fields of the schema that were not found'),
  fits: z.boolean().describe('The data fits the schema, its required fields included'),
  faults: z.array(z.string()),
  answered_by: AnsweredBy,
});
export type Extracted = z.infer<typeof Extracted>;

/** What a review looks at. */
export const Criterion = z.enum(['faithful', 'complete', 'constraints', 'concise', 'fits']);
export type Criterion = z.infer<typeof Criterion>;

export const ReviewInput = z.strictObject({
  answer: z.string().min(1).max(100_000),
  source: z.string().max(500_000).optional().describe('What the answer rests on'),
  criteria: z.array(Criterion).min(1).default(['faithful', 'complete', 'constraints', 'concise']),
  constraints: z
    .array(z.string().max(500))
    .max(20)
    .default([])
    .describe('Words that the answer must have, one wish each'),
  data: JsonObject.optional().describe('For `fits`: what must fit `schema`'),
  schema: JsonObject.optional(),
  longest: z.number().int().positive().optional().describe('Words; default: half of the source'),
  way: Way,
});
export const Finding = z.object({
  criterion: Criterion.or(z.literal('opinion')),
  passed: z.boolean(),
  score: z.number(),
  why: z.string(),
});
export const Reviewed = z.object({
  vote: z.enum(['accept', 'revise']),
  score: z.number().min(0).max(1).describe('The least of what was looked at'),
  findings: z.array(Finding),
  answered_by: AnsweredBy,
});
export type Reviewed = z.infer<typeof Reviewed>;
export type Finding = z.infer<typeof Finding>;
