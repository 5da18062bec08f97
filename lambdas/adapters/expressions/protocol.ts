import type { ErrorReport } from '../../contracts/errors.ts';
import type { ExpressionJob } from '../../runtime/expressions-port.ts';

/** Main thread → worker. The worker answers each job by its place in the list, in order. */
export interface WorkerRequest {
  readonly jobs: readonly WorkerJob[];
}
export type WorkerJob =
  | { readonly mode: 'check'; readonly source: string }
  | ({ readonly mode: 'evaluate' } & ExpressionJob);

/** Worker → main thread. Values travel as JSON text: measured, and free of functions and prototypes. */
export type WorkerReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'outcome'; readonly index: number; readonly outcome: WorkerOutcome };
export type WorkerOutcome = { readonly json: string } | { readonly error: ErrorReport };
