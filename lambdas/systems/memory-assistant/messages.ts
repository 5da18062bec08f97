import * as z from 'zod';
import { isOwnKey, OWN_KEY } from '../../runtime/tenant-objects.ts';
import { ProcessingStats } from './performance/processing-stats.ts';

/*
 * The seed document's messages: a request's type is the task type, what it is answered with stands in `type` of the result.
 * Their headers (id, sender, recipient, time, priority) are the envelope's.
 */

export const EXPORT_FORMATS = ['whatsapp', 'slack', 'json', 'markdown', 'ics', 'text'] as const;
export const ExportFormat = z.enum(EXPORT_FORMATS);
export type ExportFormat = z.infer<typeof ExportFormat>;

/** Something that happened or was said, as it came. */
export const RawMemory = z.strictObject({
  text: z.string(),
  speaker: z.string().max(256).optional(),
  at: z
    .union([z.iso.datetime({ offset: true }), z.number().int()])
    .optional()
    .describe('ISO 8601, or ms since 1970'),
  conversation: z.string().min(1).max(200).optional(),
  origin: z.string().max(400).optional().describe('The file or URL that it is from'),
});
export type RawMemory = z.infer<typeof RawMemory>;

/** How much a memory is worth: 1 is a whole, dated, attributed sentence. */
export const Quality = z.object({
  score: z.number().min(0).max(1),
  issues: z.array(z.string()),
});
export type Quality = z.infer<typeof Quality>;

/** A memory that is kept. */
export const ProcessedMemory = z.object({
  memory_id: z.string(),
  conversation: z.string(),
  speaker: z.string().nullable(),
  at: z.number().int(),
  language: z.string().describe('ISO 639-3; "und" where it is too short to tell'),
  quality: Quality,
  duplicate: z.boolean().describe('It was known before; memory_id is that of the first'),
});
export type ProcessedMemory = z.infer<typeof ProcessedMemory>;

/** Part of a conversation, by time: where its memories lie. No task hands the next one what was said. */
export const Stretch = z.object({
  conversation: z.string(),
  since: z.number().int().describe('ms, first of it'),
  until: z.number().int().describe('ms, after the last of it'),
  memories: z.number().int(),
});
export type Stretch = z.infer<typeof Stretch>;

/** What could not be read, so that nothing vanishes unsaid. */
export const Refusal = z.object({ where: z.string(), reason: z.string() });
export type Refusal = z.infer<typeof Refusal>;

export const ProcessMemory = z.strictObject({ raw_input: RawMemory });
export const MemoryProcessed = z.object({
  type: z.literal('memory_processed'),
  processed_memory: ProcessedMemory,
  stretches: z.array(Stretch),
});

/** A file in the bucket of imports, or memories that are here already. */
export const BatchProcess = z.strictObject({
  raw_inputs: z.array(RawMemory).max(1_000).optional(),
  file: z
    .strictObject({
      key: z.string().min(1).max(900).refine(isOwnKey, OWN_KEY),
      name: z.string().min(1).max(200).describe('As its owner calls it; names the conversation where it has no name'),
      format: ExportFormat.optional().describe('Default: told from what is in it'),
      time_zone: z
        .string()
        .max(64)
        .optional()
        .describe('Of times without a zone, such as "Europe/Lisbon". Default: UTC'),
      date_order: z.enum(['day_first', 'month_first']).optional().describe('Default: told from the dates'),
    })
    .optional(),
});
export type BatchProcess = z.infer<typeof BatchProcess>;
export const BatchProcessed = z.object({
  type: z.literal('batch_processed'),
  processed_memories: z.number().int().describe('That were new and are kept'),
  duplicates: z.number().int(),
  read: z.number().int(),
  refused: z.array(Refusal).describe('The first twenty'),
  refused_count: z.number().int(),
  notes: z.array(z.string()).describe('What was decided where the file left a choice'),
  format: z.string(),
  mean_quality: z.number(),
  languages: z.record(z.string(), z.number().int()),
  stretches: z.array(Stretch),
});
export type BatchProcessed = z.infer<typeof BatchProcessed>;

export const ValidateQuality = z.strictObject({ memory_content: RawMemory });
export const QualityAssessment = z.object({ type: z.literal('quality_assessment'), quality: Quality });

export const StatsResponse = z.object({
  type: z.literal('stats_response'),
  stats: z.object({
    agent_id: z.string(),
    performance_metrics: ProcessingStats,
  }),
});

/** What later stages of the pipeline are told: where the memories lie. */
export const StretchesInput = z.looseObject({ stretches: z.array(Stretch) });
