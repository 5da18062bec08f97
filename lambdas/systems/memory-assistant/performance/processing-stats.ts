import * as z from 'zod';

/** The seed document's performance metrics of an agent, as it counts them itself. */
export const ProcessingStats = z.object({
  messages_processed: z.number().int(),
  errors_count: z.number().int().describe('Of them: what was no use, and was refused'),
  avg_processing_time: z.number().describe('Seconds, of those that were no errors'),
  last_activity: z.number().int().nullable().describe('ms since 1970; null: nothing yet'),
  memories_kept: z.number().int(),
  duplicates: z.number().int(),
});
export type ProcessingStats = z.infer<typeof ProcessingStats>;

export const NOTHING_PROCESSED: ProcessingStats = {
  ...{ messages_processed: 0, errors_count: 0, avg_processing_time: 0, last_activity: null },
  ...{ memories_kept: 0, duplicates: 0 },
};

/** What came of one message: nothing, where it was refused. Times in ms. */
export interface Processed {
  readonly from: number;
  readonly to: number;
  readonly kept?: { readonly memories: number; readonly duplicates: number };
}

/** One more message. */
export function counted(stats: ProcessingStats, { from, to, kept }: Processed): ProcessingStats {
  const base = { ...stats, messages_processed: stats.messages_processed + 1, last_activity: to };
  if (!kept) return { ...base, errors_count: stats.errors_count + 1 };
  const before = stats.messages_processed - stats.errors_count;
  return {
    ...base,
    avg_processing_time: (stats.avg_processing_time * before + (to - from) / 1_000) / (before + 1),
    memories_kept: stats.memories_kept + kept.memories,
    duplicates: stats.duplicates + kept.duplicates,
  };
}
