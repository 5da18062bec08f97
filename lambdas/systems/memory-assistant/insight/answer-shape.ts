import * as z from 'zod';

export const Citation = z.object({
  n: z.number().int().describe('As the answer names it: [1]'),
  memory_id: z.string(),
  quote: z.string(),
  speaker: z.string().nullable(),
  said: z.string().describe('Day and time, by the clock of the question'),
  conversation: z.string(),
  from: z.array(z.string()).describe('Files that it is from'),
});
export type Citation = z.infer<typeof Citation>;

/** An answer, and what it stands on. Without a citation there is none. */
export const Answer = z.object({
  known: z.boolean(),
  answer: z.string(),
  confidence: z.number().min(0).max(1),
  citations: z.array(Citation),
  contradictions: z.array(z.string()).describe('Where memories say different things, both are told'),
  notes: z.array(z.string()),
});
export type Answer = z.infer<typeof Answer>;
