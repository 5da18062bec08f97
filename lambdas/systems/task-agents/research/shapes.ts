import * as z from 'zod';
import { AnsweredBy, Way } from '../models/answered.ts';
import { StandardForm } from '../prepare/standard-form.ts';

export const ReadPageInput = z.strictObject({ url: z.url({ protocol: /^https?$/ }).max(2_000) });
export const Page = z.object({
  url: z.string().describe('After redirects'),
  title: z.string(),
  text: z.string(),
  characters: z.number().int(),
  cut: z.boolean(),
});
export type Page = z.infer<typeof Page>;

export const ResearchInput = z.strictObject({
  question: z.string().min(3).max(1_000),
  urls: z
    .array(z.url({ protocol: /^https?$/ }).max(2_000))
    .max(10)
    .default([]),
  documents: z
    .array(z.union([StandardForm, z.strictObject({ title: z.string().max(300), text: z.string().max(500_000) })]))
    .max(20)
    .default([]),
  most: z.number().int().min(1).max(10).default(3).describe('Passages that are cited'),
  way: Way,
});
export const Research = z.object({
  found: z.boolean().describe('Something in the material answers the question'),
  answer: z.string().describe('Empty when nothing was found'),
  confidence: z.number().min(0).max(1).describe('How well the best passage covers the words of the question'),
  citations: z.array(
    z.object({
      n: z.number().int(),
      source: z.string(),
      quote: z.string(),
      from: z.number().int(),
      relevance: z.number(),
    }),
  ),
  read: z.array(z.object({ source: z.string(), characters: z.number().int() })),
  unread: z
    .array(z.object({ source: z.string(), why: z.string() }))
    .describe('What could not be read: the answer does without'),
  answered_by: AnsweredBy,
});
export type Research = z.infer<typeof Research>;
