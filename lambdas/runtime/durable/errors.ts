import { DataError, type ErrorReport, MusterError, NonRecoverableError } from '../../contracts/errors.ts';

/** A failure that is on record, as the handler sees it: the same however often it runs. */
export function recordedError({ code, class: kind, message, details }: ErrorReport): MusterError {
  if (kind === 'data') return new DataError(code, message, details);
  if (kind === 'non_recoverable') return new NonRecoverableError(code, message, details);
  return new MusterError({ code, class: kind, message, ...(details && { details }) });
}

/**
 * What a delegated task failed with. It has had all its retries, and whoever asks again gets this answer again: nothing is
 * left to be retried.
 */
export function finalError(report: ErrorReport): MusterError {
  return recordedError(report.class === 'data' ? report : { ...report, class: 'non_recoverable' });
}

/** Whether trying again can't help, so that the failure is remembered like a result. */
export const isFinal = (error: unknown): error is MusterError =>
  error instanceof MusterError && (error.class === 'data' || error.class === 'non_recoverable');

/** @param before what is on record @param now what the handler asks for */
export function nonDeterministic(place: string, before: string, now: string): NonRecoverableError {
  return new NonRecoverableError(
    'non_deterministic',
    `operation ${place} was ${before} when this task ran before, and is ${now} now. Between its operations a handler must do the same each time: ` +
      'take times, random values and everything from outside into a step, keep the order and the names of operations while tasks are under way, or begin the task anew (muster resume RUN --anew TASK)',
    { place, before, now },
  );
}
