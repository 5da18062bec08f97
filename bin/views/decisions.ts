import type { ResultValue } from '../../lambdas/contracts/blob.ts';
import type { DecisionOfRun } from '../../lambdas/views/open-decisions.ts';
import { clockTime, paint, table, timeOf } from './text.ts';

/** What a question shows, in a line. */
export const shownText = (shows: ResultValue): string =>
  'value' in shows ? JSON.stringify(shows.value).slice(0, 400) : `(${shows.ref.bytes} bytes: see them with --json)`;

export function decisionsTable(decisions: readonly DecisionOfRun[], now: number): string {
  const rows = decisions.map((open) => [
    open.run_id.slice(0, 12),
    open.task,
    timeOf(open.since, now),
    open.until === undefined ? '' : clockTime(open.until, now),
    open.options.join(', '),
    open.to ?? '',
    `${open.question}${open.shows ? paint.dim(` ${shownText(open.shows)}`) : ''}${open.error ? paint.dim(` (${open.error.code}: ${open.error.message.slice(0, 160)})`) : ''}`,
  ]);
  return table(['run', 'task', 'since', 'until', 'options', 'to', 'question'], rows);
}
