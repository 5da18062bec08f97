import * as z from 'zod';
import type { Json } from '../../lambdas/contracts/json.ts';
import { Answer } from '../../lambdas/systems/memory-assistant/insight/answer-shape.ts';
import type { SystemStatus } from '../../lambdas/systems/memory-assistant/performance/system-status.ts';
import { paint, table } from './text.ts';

const Imported = z.looseObject({
  document: z.looseObject({
    harvested: z.looseObject({
      format: z.string(),
      processed_memories: z.number(),
      duplicates: z.number(),
      refused_count: z.number(),
      refused: z.array(z.looseObject({ where: z.string(), reason: z.string() })),
      notes: z.array(z.string()),
    }),
    insights: z.array(z.string()),
    personal_data: z.record(z.string(), z.number()),
  }),
});

/** What an import remembered, could not read, and found worth telling. */
export function importText(result: Json): string {
  const { harvested, insights, personal_data } = Imported.parse(result).document;
  const { format, processed_memories: kept, duplicates, refused, refused_count: count, notes } = harvested;
  const kinds = Object.entries(personal_data).map(([type, times]) => `${type} ${times}`);
  return [
    `${paint.bold(`${kept} memories`)} from ${format}${duplicates > 0 ? `, ${duplicates} were known` : ''}${count > 0 ? `, ${paint.yellow(`${count} could not be read`)}` : ''}`,
    ...refused.map(({ where, reason }) => paint.yellow(`  ${where}: ${reason}`)),
    ...notes.map((note) => paint.dim(`  ${note}`)),
    ...insights.map((line) => `· ${line}`),
    ...(kinds.length > 0 ? [paint.dim(`the guardian saw: ${kinds.join(', ')}`)] : []),
  ].join('\n');
}

const Answered = z.looseObject({
  masked: z.number(),
  document: z.looseObject({ answered_by: z.string(), answer: Answer }),
});

/** An answer, what it stands on, and who answered. */
export function answerText(result: Json): string {
  const { masked, document } = Answered.parse(result);
  const { answer, citations, contradictions, notes, known } = document.answer;
  return [
    known ? answer : paint.yellow(answer),
    ...citations.map(({ n, quote, speaker, said, conversation }) =>
      paint.dim(`[${n}] ${[speaker, said, conversation].filter(Boolean).join(' · ')}: “${quote}”`),
    ),
    ...contradictions.map((line) => paint.yellow(`! ${line}`)),
    ...notes.map((note) => paint.dim(note)),
    paint.dim(
      `answered by ${document.answered_by}${masked > 0 ? `; ${masked} pieces of personal data are masked` : ''}`,
    ),
  ].join('\n');
}

/** Who is there, how well, and with which grade. */
export function statusTable({ agent_statuses, total_agents, active_agents, system_health }: SystemStatus): string {
  const rows = Object.entries(agent_statuses).map(([name, agent]) => [
    ...[
      name,
      agent.version,
      agent.state,
      agent.grade ?? '',
      String(agent.messages_processed),
      String(agent.queue_size),
    ],
    agent.issues.join('; '),
  ]);
  return [
    table(['agent', 'version', 'state', 'grade', 'last hour', 'waiting', ''], rows),
    `${active_agents} of ${total_agents} agents are in the pool: ${system_health}`,
  ].join('\n');
}
