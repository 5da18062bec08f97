import { buffer } from 'node:stream/consumers';
import { DataError } from '../../../../contracts/errors.ts';
import { type AgentContext, defineAgent } from '../../../../runtime/agent.ts';
import { tenantObjects } from '../../../../runtime/tenant-objects.ts';
import { memoryProcessed } from '../../channels.ts';
import { type Kept, keepMemories } from '../../harvest/keep-memories.ts';
import type { ParsedExport } from '../../harvest/parsed-export.ts';
import { assessQuality } from '../../harvest/quality.ts';
import { readExport } from '../../harvest/read-export.ts';
import type { BatchProcess } from '../../messages.ts';
import { readState, writeState } from '../../own-state.ts';
import { counted, NOTHING_PROCESSED, ProcessingStats } from '../../performance/processing-stats.ts';
import { manifest } from './manifest.ts';

const STATS = 'processing';

export const agent = defineAgent(manifest, {
  process_memory: ({ raw_input }, ctx) =>
    counting(ctx, async () => {
      const kept = await keepMemories([raw_input], ctx.memory, ctx.clock.now());
      const [processed] = kept.memories;
      if (!processed) throw new DataError('memory_empty', 'there is nothing in this memory: give it a text');
      await announce(kept, ctx);
      const stretches = [...kept.stretches];
      return { kept, answer: { type: 'memory_processed' as const, processed_memory: processed, stretches } };
    }),

  batch_process: (input, ctx) =>
    counting(ctx, async () => {
      const parsed = await parsedFrom(input, ctx);
      ctx.progress(0.3, `${parsed.memories.length} memories read`);
      const kept = await keepMemories(parsed.memories, ctx.memory, ctx.clock.now());
      const fresh = freshOf(kept);
      const refused = [...parsed.refused, ...kept.refused];
      const languages: Record<string, number> = {};
      for (const { language } of fresh) languages[language] = (languages[language] ?? 0) + 1;
      if (fresh.length > 0) await announce(kept, ctx);
      ctx.logger.info('harvested', { format: parsed.format, kept: fresh.length, refused: refused.length });
      const answer = {
        type: 'batch_processed' as const,
        ...{ processed_memories: fresh.length, duplicates: kept.duplicates, read: parsed.memories.length },
        ...{ refused: refused.slice(0, 20), refused_count: refused.length },
        ...{ notes: [...parsed.notes, ...kept.notes], languages, format: parsed.format },
        mean_quality: meanQuality(fresh),
        stretches: [...kept.stretches],
      };
      return { kept, answer };
    }),

  get_stats: async (_, { memory }) => ({
    type: 'stats_response' as const,
    stats: {
      agent_id: manifest.name,
      performance_metrics: (await readState(memory, STATS, ProcessingStats)) ?? NOTHING_PROCESSED,
    },
  }),

  validate_quality: ({ memory_content }) => ({
    type: 'quality_assessment' as const,
    quality: assessQuality(memory_content),
  }),
});

/** Does it, and counts what came of it. Who harvests does so alone, for each tenant, so nobody else counts meanwhile. */
async function counting<T>(
  ctx: AgentContext,
  work: () => Promise<{ readonly kept: Kept; readonly answer: T }>,
): Promise<T> {
  const from = ctx.clock.now();
  const count = async (kept?: Kept): Promise<void> => {
    const before = (await readState(ctx.memory, STATS, ProcessingStats)) ?? NOTHING_PROCESSED;
    const brought = kept && { kept: { memories: freshOf(kept).length, duplicates: kept.duplicates } };
    await writeState(ctx.memory, STATS, counted(before, { from, to: ctx.clock.now(), ...brought }));
  };
  const done = await work().catch(async (error: unknown) => {
    if (error instanceof DataError) await count();
    throw error;
  });
  await count(done.kept);
  return done.answer;
}

const freshOf = ({ memories }: Kept) => memories.filter(({ duplicate }) => !duplicate);

async function parsedFrom({ raw_inputs, file }: BatchProcess, ctx: AgentContext): Promise<ParsedExport> {
  if ((raw_inputs === undefined) === (file === undefined))
    throw new DataError('batch_input', 'give either raw_inputs, or a file in the bucket');
  if (file === undefined) return { format: 'json', memories: raw_inputs ?? [], refused: [], notes: [] };
  const bytes = await buffer(await tenantObjects(ctx.bucket('assistant-data'), ctx.tenant).read(file.key));
  const { time_zone: timeZone = 'UTC', format, date_order: dateOrder } = file;
  const parsed = readExport({ name: file.name, bytes }, { timeZone, format, dateOrder });
  return { ...parsed, memories: parsed.memories.map((memory) => ({ ...memory, origin: file.name })) };
}

const meanQuality = (memories: ReadonlyArray<{ quality: { score: number } }>): number =>
  memories.length === 0
    ? 0
    : Number((memories.reduce((sum, { quality }) => sum + quality.score, 0) / memories.length).toFixed(3));

/** Whoever listens learns that there is something new, and not what. */
async function announce({ memories }: Kept, ctx: AgentContext): Promise<void> {
  await ctx.publish(memoryProcessed.name, {
    type: 'memory_processed',
    sender_id: manifest.name,
    memories: memories.length,
    memory_ids: memories.slice(0, 20).map(({ memory_id }) => memory_id),
    quality_score: meanQuality(memories),
  });
}
