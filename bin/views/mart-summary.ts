import type * as z from 'zod';
import type { Json } from '../../lambdas/contracts/json.ts';
import { Summary } from '../../lambdas/systems/etl/task-shapes.ts';
import { grouped, paint, table } from './text.ts';

type Totals = z.infer<typeof Summary>['totals'];

/** The mart's headline and what became of each source's rows; the result as JSON when it is something else. */
export function martSummary(result: Json): string {
  const summary = findSummary(result);
  if (!summary) return JSON.stringify(result, null, 2);
  const { mart, totals, tables, loaded_to, notes } = summary;
  const figures = Object.entries(mart).map(([name, value]) => [
    name.replaceAll('_', ' '),
    typeof value === 'number' ? grouped(value) : String(value),
  ]);
  const rows = Object.entries(tables).map(([name, count]) => [name, grouped(count)]);
  return [
    paint.bold('The mart'),
    table(['figure', 'value'], figures),
    '',
    table(['table', 'rows'], rows),
    '',
    paint.bold("What became of each source's rows"),
    sourceTable(totals),
    '',
    ...loaded_to.map(({ to, where }) => `${paint.dim('loaded to')} ${to} ${where}`),
    ...notes.map((note) => `${paint.dim('note')} ${note}`),
  ].join('\n');
}

function sourceTable(totals: Totals): string {
  const rows = Object.entries(totals).map(([source, { read, loaded, quarantined, filtered, balanced }]) => [
    source,
    ...[read, loaded, quarantined, filtered].map(grouped),
    balanced ? paint.green('✓') : paint.red('✗'),
  ]);
  return table(['source', 'read', 'loaded', 'quarantined', 'filtered', 'balanced'], rows);
}

function findSummary(result: Json): z.infer<typeof Summary> | undefined {
  const direct = Summary.safeParse(result);
  if (direct.success) return direct.data;
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return undefined;
  return Object.values(result).flatMap((value) => Summary.safeParse(value).data ?? [])[0];
}
