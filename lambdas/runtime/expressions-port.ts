import type { ErrorReport } from '../contracts/errors.ts';
import type { Json } from '../contracts/json.ts';

/** One JSONata expression to evaluate. */
export interface ExpressionJob {
  /** Without the `{% %}`. */
  readonly source: string;
  /** What the expression sees: `input` is `$input`, `results` is `$results`. */
  readonly bindings: Readonly<Record<string, Json>>;
  /** What `$now()` and `$millis()` answer, ms since 1970: from the journal, so that a replay is exact. */
  readonly now: number;
  /** Where `$random()` and `$shuffle()` start: the same seed, the same numbers. */
  readonly seed: string;
}

export type ExpressionOutcome = { readonly value: Json } | { readonly error: ErrorReport };

/** Whether an expression can be evaluated at all; `position` is the character where the fault is. */
export type ExpressionCheck = { readonly ok: true } | { readonly error: ErrorReport; readonly position: number };

/**
 * Evaluates expressions that strangers wrote. A bad one ends as its own outcome, class `data`, within the time limit;
 * it never blocks the caller's thread and never touches another job.
 */
export interface ExpressionEvaluator {
  /** Syntax, refused functions and refused regular expressions; finds at intake what would fail in the run. */
  check(source: string): Promise<ExpressionCheck>;
  /**
   * Outcomes in the order of the jobs.
   * @throws SystemError `expression_worker_unavailable` when no worker can be started
   */
  evaluate(jobs: readonly ExpressionJob[]): Promise<ExpressionOutcome[]>;
}
