import { buffer } from 'node:stream/consumers';
import { DataError } from '../../../../contracts/errors.ts';
import { type AgentContext, defineAgent } from '../../../../runtime/agent.ts';
import { memoryProcessed } from '../../channels.ts';
import { type Kept, keepMemories } from '../../harvest/keep-memories.ts';
import type { ParsedExport } from '../../harvest/parsed-export.ts';
import { assessQuality } from '../../harvest/quality.ts';
import { readExport } from '../../harvest/read-export.ts';
import type { BatchProcess } from '../../messages.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, {
  process_memory: async ({ raw_input }, ctx) => {
    const kept = await keepMemories([raw_input], ctx.memory, ctx.clock.now());
    const [processed] = kept.memories;
    if (!processed) throw new DataError('memory_empty', 'there is nothing in this memory: give it a text');
    await announce(kept, ctx);
    return { type: 'memory_processed' as const, processed_memory: processed, stretches: [...kept.stretches] };
  },

  batch_process: async (input, ctx) => {
    const parsed = await parsedFrom(input, ctx);
    ctx.progress(0.3, `${parsed.memories.length} memories read`);
    const kept = await keepMemories(parsed.memories, ctx.memory, ctx.clock.now());
    const fresh = kept.memories.filter(({ duplicate }) => !duplicate);
    const refused = [...parsed.refused, ...kept.refused];
    const languages: Record<string, number> = {};
    for (const { language } of fresh) languages[language] = (languages[language] ?? 0) + 1;
    if (fresh.length > 0) await announce(kept, ctx);
    ctx.logger.info('harvested', { format: parsed.format, kept: fresh.length, refused: refused.length });
    return {
      type: 'batch_processed' as const,
      ...{ processed_memories: fresh.length, duplicates: kept.duplicates, read: parsed.memories.length },
      ...{ refused: refused.slice(0, 20), refused_count: refused.length, notes: [...parsed.notes], languages },
      format: parsed.format,
      mean_quality: meanQuality(fresh),
      stretches: [...kept.stretches],
    };
  },

  validate_quality: ({ memory_content }) => ({
    type: 'quality_assessment' as const,
    quality: assessQuality(memory_content),
  }),
});

async function parsedFrom({ raw_inputs, file }: BatchProcess, ctx: AgentContext): Promise<ParsedExport> {
  if ((raw_inputs === undefined) === (file === undefined))
    throw new DataError('batch_input', 'give either raw_inputs, or a file in the bucket');
  if (file === undefined) return { format: 'json', memories: raw_inputs ?? [], refused: [], notes: [] };
  const bytes = await buffer(await ctx.bucket('assistant-data').read(file.key));
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
