import type { ResultValue } from '../contracts/blob.ts';
import type { ErrorReport } from '../contracts/errors.ts';
import type { RunView } from './run-view.ts';

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
