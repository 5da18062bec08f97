import * as z from 'zod';
import { Json, JsonObject } from '../../../contracts/json.ts';
import { FileKey } from '../files.ts';
import { AnsweredBy, Way } from '../models/answered.ts';

/** A goal, and the material that there is for it. */
export const Goal = z.strictObject({
  goal: z.string().min(3).max(2_000).describe('What should come out, in words'),
  documents: z
    .array(z.strictObject({ title: z.string().max(300), text: z.string().min(1).max(200_000) }))
    .max(10)
    .default([]),
  files: z.array(FileKey).max(5).default([]).describe('Tables to analyse'),
  urls: z
    .array(z.url({ protocol: /^https?$/ }).max(2_000))
    .max(10)
    .default([]),
  labels: z.array(z.string().min(1).max(100)).max(20).default([]).describe('Sort the documents into these'),
  schema: JsonObject.optional().describe('Take this out of the documents'),
  constraints: z
    .array(z.string().max(500))
    .max(20)
    .default([])
    .describe('Words that an answer must have: handed to the reviewer as they are'),
  way: Way,
});

/** One subtask: an ordinary task of the run, and why it is there. */
export const PlannedTask = z.object({
  id: z.string(),
  type: z.enum(['text.summarize', 'text.classify', 'text.extract', 'web.research', 'data.analyze']),
  input: Json,
  why: z.string(),
  about: z.string().optional().describe('Which of several documents it is about'),
});
export type PlannedTask = z.infer<typeof PlannedTask>;
export const Plan = z.object({ tasks: z.array(PlannedTask), left_out: z.array(z.string()), answered_by: AnsweredBy });
export type Plan = z.infer<typeof Plan>;
