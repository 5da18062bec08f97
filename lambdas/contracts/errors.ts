import * as z from 'zod';
import { Json } from './json.ts';

/**
 * What a failure means for what happens next.
 * `recoverable`: retry · `non_recoverable`: another agent or the fallback · `data`: back to the sender, no retry ·
 * `system`: an outside service is down, retry later, count it against its breaker.
 */
export const ErrorClass = z.enum(['recoverable', 'non_recoverable', 'data', 'system']);
export type ErrorClass = z.infer<typeof ErrorClass>;

/** A failure as it travels in reports and events: no stack trace, no secrets. */
export const ErrorReport = z.object({
  code: z.string().min(1).max(128).describe('Stable and machine-readable, such as "source_unreachable"'),
  class: ErrorClass,
  message: z.string().max(2_000).describe('What happened and what to do next, for a person'),
  details: z.record(z.string(), Json).optional().describe('Where: source, row, field, …'),
});
export type ErrorReport = z.infer<typeof ErrorReport>;

/** The base of every error that Muster throws on purpose. Anything else is a bug or the outside world. */
export class MusterError extends Error {
  override readonly name: string = 'MusterError';
  readonly code: string;
  readonly class: ErrorClass;
  readonly details: ErrorReport['details'];

  constructor(report: ErrorReport, options?: { cause?: unknown }) {
    super(report.message, options);
    this.code = report.code;
    this.class = report.class;
    this.details = report.details;
  }

  toReport(): ErrorReport {
    return {
      code: this.code,
      class: this.class,
      message: this.message,
      ...(this.details && { details: this.details }),
    };
  }
}

/** Bad data: retrying can't help, the reason goes back to whoever sent it. */
export class DataError extends MusterError {
  override readonly name = 'DataError';
  constructor(code: string, message: string, details?: ErrorReport['details']) {
    super({ code, class: 'data', message, ...(details && { details }) });
  }
}

/** This agent will never manage this task; another one may. */
export class NonRecoverableError extends MusterError {
  override readonly name = 'NonRecoverableError';
  constructor(code: string, message: string, details?: ErrorReport['details']) {
    super({ code, class: 'non_recoverable', message, ...(details && { details }) });
  }
}

/** Worth another try on its own. */
export class RecoverableError extends MusterError {
  override readonly name = 'RecoverableError';
  constructor(code: string, message: string, details?: ErrorReport['details'], options?: { cause?: unknown }) {
    super({ code, class: 'recoverable', message, ...(details && { details }) }, options);
  }
}

/** An outside service did not answer as it should. */
export class SystemError extends MusterError {
  override readonly name = 'SystemError';
  constructor(code: string, message: string, details?: ErrorReport['details'], options?: { cause?: unknown }) {
    super({ code, class: 'system', message, ...(details && { details }) }, options);
  }
}

/**
 * The report for anything thrown. What is not a {@link MusterError} counts as recoverable (a processing error),
 * and only its message leaves the process, cut to 500 characters.
 */
export function reportOf(thrown: unknown): ErrorReport {
  if (thrown instanceof MusterError) return thrown.toReport();
  const message = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  return { code: 'processing_error', class: 'recoverable', message: message.slice(0, 500) };
}

/** One line per zod issue: `path: reason`. */
export function issuesOf(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}`).join('; ');
}
