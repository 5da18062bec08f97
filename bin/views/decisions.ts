import type { ResultValue } from '../../lambdas/contracts/blob.ts';
import type { ErrorReport } from '../../lambdas/contracts/errors.ts';
import type { RunView } from './run-view.ts';
import { clockTime, paint, table, timeOf } from './text.ts';

/** A question that a task waits to have answered. */
export interface OpenDecision {
  readonly task: string;
  readonly decision_id: string;
  readonly question: string;
  readonly options: readonly string[];
  readonly to?: string;
  readonly since: number;
  readonly until?: number;
  /** What is decided about, and the digest that the answer repeats. */
  readonly shows?: ResultValue;
  readonly digest?: string;
  /** Why a person is asked, when the task did not say so itself. */
  readonly error?: ErrorReport;
}

/** A question of one of several runs. */
export interface DecisionOfRun extends OpenDecision {
  readonly run_id: string;
  readonly workflow: string;
}

/** The questions that a run waits for, the oldest first. */
export function openDecisions(view: RunView): OpenDecision[] {
  const open = view.tasks.flatMap(({ id, on, since, until }): OpenDecision[] => {
    if (on?.for !== 'decision') return [];
    const { id: decision_id, question, options, to, shows, digest, error } = on;
    return [
      {
        task: id,
        decision_id,
        question,
        options,
        since: since ?? 0,
        ...(to !== undefined && { to }),
        ...(until !== undefined && { until }),
        ...(shows && { shows }),
        ...(digest !== undefined && { digest }),
        ...(error && { error }),
      },
    ];
  });
  return open.sort((a, b) => a.since - b.since);
}

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
