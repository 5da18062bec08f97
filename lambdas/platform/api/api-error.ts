import { PROBLEMS, type Problem, type ProblemCode } from '../../contracts/api/problem.ts';
import { MusterError } from '../../contracts/errors.ts';

type Extras = Partial<Pick<Problem, 'errors' | 'agents' | 'workflow_id'>>;

/** What a request is answered with instead of what it asked for. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly problem: ProblemCode;
  /** More exact than the problem, such as "unknown_workflow". */
  readonly code: string;
  readonly extras: Extras;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    problem: ProblemCode,
    message: string,
    more: { code?: string; extras?: Extras; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.problem = problem;
    this.code = more.code ?? problem;
    this.extras = more.extras ?? {};
    this.headers = more.headers ?? {};
  }
}

/** Says nothing of whether there is such a thing elsewhere. */
export const notFound = (what: string): ApiError => new ApiError('not_found', `there is no ${what}`);

const OF_CODES: Readonly<Record<string, ProblemCode>> = {
  unknown_run: 'not_found',
  unknown_entry: 'not_found',
  not_begun: 'conflict',
  request_id_reused: 'request_id_reused',
  request_too_large: 'too_large',
  event_refused: 'too_large',
  draining: 'unavailable',
  tenant_suspended: 'forbidden',
  tenant_erased: 'not_found',
  quota_exceeded: 'rate_limited',
  not_permitted: 'forbidden',
  run_ended: 'conflict',
  run_completed: 'conflict',
  not_forkable: 'conflict',
};

/**
 * The error that is told for anything thrown. What nobody expected is told without its words: they may name what is
 * nobody's business.
 */
export function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (!(thrown instanceof MusterError))
    return new ApiError('internal_error', 'the request could not be dealt with; try it again');
  const { code, message, details } = thrown;
  if (thrown.class === 'system') {
    return new ApiError('unavailable', 'a service behind the API does not answer now; try it again', {
      code,
      headers: { 'retry-after': '1' },
    });
  }
  const field = details?.field;
  const errors = typeof field === 'string' && field !== '' ? { errors: [{ field, reason: message }] } : {};
  return new ApiError(OF_CODES[code] ?? 'unprocessable', message, { code, extras: errors });
}

export const statusOf = ({ problem }: ApiError): number => PROBLEMS[problem].status;
