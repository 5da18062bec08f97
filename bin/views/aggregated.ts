import type { Aggregated } from '../../lambdas/systems/task-agents/aggregate/shapes.ts';
import { paint, table } from './text.ts';

/** As much of a value as a line has room for. */
const SHOWN = 100;
const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
};

/** One answer of several agents: what it says, who says so, what they did not agree on, and how good it is. */
export function aggregatedText({
  answer,
  provenance,
  conflicts,
  quality,
  missing,
  status,
  metadata,
}: Aggregated): string {
  const rows = Object.entries(answer).map(([field, value]) => {
    const voices = provenance[field] ?? [];
    const who = voices.map(({ made_by, part }) => made_by?.agent ?? part).join(', ');
    return [field, shown(value), who, voices[0]?.answered_by ?? ''];
  });
  const disputes = conflicts.flatMap(({ field, winner, losers, settled_by, needs_person }) => [
    `${field}: ${shown(winner.value)} (${winner.parts.join(', ')}) by ${settled_by}${needs_person ? paint.yellow(', a person should look') : ''}`,
    ...losers.map(({ value, parts, why }) => paint.dim(`  not ${shown(value)} (${parts.join(', ')}): ${why}`)),
  ]);
  const { completeness, agreement, confidence, evidence, grade } = quality;
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  return [
    table(['field', 'answer', 'from', 'by'], rows),
    ...(disputes.length > 0 ? ['', paint.bold('not agreed on'), ...disputes] : []),
    '',
    `${paint.bold(`quality ${grade}`)}: complete ${percent(completeness)}, agreed ${percent(agreement)}, sure ${percent(confidence)}, with evidence ${percent(evidence)}`,
    status === 'partial'
      ? paint.yellow(`partial: nothing from ${missing.join(', ')}`)
      : paint.dim(`all ${metadata.parts} parts answered`),
    paint.dim(
      `${metadata.agents.length} agents, ${metadata.models.join(', ') || 'no model'}, ${metadata.tokens} tokens: ${metadata.chain.join(' → ')}`,
    ),
  ].join('\n');
}
