import * as z from 'zod';

const Count = z.number().int();
/** Of so many people it is told how they speak: of those who speak most. */
export const MOST_PEOPLE = 100;

/** What there is to say of how people speak with each other, in numbers. */
export const Patterns = z.object({
  memories: Count,
  from: z.number().nullable().describe('ms'),
  to: z.number().nullable(),
  days: Count.describe('On which anything was said'),
  people: z.array(
    z.object({
      person: z.string(),
      memories: Count,
      words: z.number().describe('Mean of a memory'),
      reply_minutes: z.number().nullable().describe('Median, to somebody else within a day'),
      sentiment: z.number().describe('Mean of its words by AFINN-165, -5 to 5; English only'),
      languages: z.array(z.string()),
    }),
  ),
  hours: z.array(Count).length(24).describe('By local hour'),
  weekdays: z.array(Count).length(7).describe('Monday first'),
  topics: z.array(z.object({ topic: z.string(), memories: Count, people: Count })),
  habits: z.array(z.object({ topic: z.string(), weekday: Count, times: Count, weeks: Count, chance: z.number() })),
  change: z
    .object({ recent_per_day: z.number(), before_per_day: z.number(), direction: z.enum(['more', 'less', 'steady']) })
    .nullable()
    .describe('The last quarter of the time against the rest'),
  time_zone: z.string(),
});
export type Patterns = z.infer<typeof Patterns>;
