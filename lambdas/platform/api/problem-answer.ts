import type { ExecuteResponse } from '../../contracts/api/execute.ts';
import { PROBLEM_TYPE, PROBLEMS, type Problem, problemType } from '../../contracts/api/problem.ts';
import type { ApiError } from './api-error.ts';
import { clean } from './edge/clean.ts';
import type { HttpResponse } from './http.ts';

/** The problem that an error is told as. */
export function problemOf(error: ApiError, requestId: string): Problem {
  const { status, title } = PROBLEMS[error.problem];
  return {
    type: problemType(error.problem),
    ...{ title, status, code: error.code },
    detail: clean(error.message).slice(0, 2_000),
    instance: `urn:request:${requestId}`,
    ...error.extras,
    ...(error.extras.errors && {
      errors: error.extras.errors.map(({ field, reason }) => ({ field: clean(field), reason: clean(reason) })),
    }),
  };
}

/** @param how inside the seed documents' envelope, or as RFC 9457 has it */
export function problemAnswer(error: ApiError, requestId: string, how: 'problem' | 'envelope'): HttpResponse {
  const problem = problemOf(error, requestId);
  const { status } = problem;
  if (how === 'problem')
    return { status, headers: { ...error.headers, 'content-type': PROBLEM_TYPE }, body: JSON.stringify(problem) };
  const envelope: ExecuteResponse = { status, data: null, error: problem };
  return { status, headers: { ...error.headers, 'content-type': 'application/json' }, body: JSON.stringify(envelope) };
}
