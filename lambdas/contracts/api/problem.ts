import * as z from 'zod';

/** What can be wrong with a request, and the status that says so. */
export const PROBLEMS = {
  malformed_request: { status: 400, title: 'The request can not be read' },
  invalid_request: { status: 400, title: 'The request does not fit its schema' },
  unknown_agent: { status: 400, title: 'There is no such agent' },
  unauthenticated: { status: 401, title: 'A valid token is needed' },
  forbidden: { status: 403, title: 'This is not allowed' },
  not_found: { status: 404, title: 'There is no such thing' },
  method_not_allowed: { status: 405, title: 'This is not how it is asked for' },
  conflict: { status: 409, title: 'Things stand otherwise' },
  request_id_reused: { status: 409, title: 'The request id was used for another request' },
  too_large: { status: 413, title: 'The request is too large' },
  unsupported_media_type: { status: 415, title: 'The body is not JSON' },
  unprocessable: { status: 422, title: 'What is asked for can not be done' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal_error: { status: 500, title: 'Something went wrong here' },
  task_failed: { status: 502, title: 'The agent could not do the task' },
  unavailable: { status: 503, title: 'A service behind this one does not answer' },
  timed_out: { status: 504, title: 'There was no answer in time' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>;
export type ProblemCode = keyof typeof PROBLEMS;

/** Problem details as RFC 9457 has them, and what a program wants to know beside. */
export const Problem = z
  .object({
    type: z.string().describe('Which kind of problem, as a URI'),
    title: z.string().describe('The kind in words; always the same for one type'),
    status: z.number().int().describe('Of HTTP'),
    detail: z.string().describe('What is wrong this time, and what to do next'),
    instance: z.string().describe('This one request: "urn:request:" and its id'),
    code: z.string().describe('Stable and machine-readable, such as "unknown_workflow"'),
    errors: z
      .array(z.object({ field: z.string().describe('Such as "body.input.day"'), reason: z.string() }))
      .max(20)
      .optional(),
    agents: z.array(z.string()).optional().describe('With unknown_agent: those that there are'),
    workflow_id: z.string().optional().describe('The run that it is about, where that is known'),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;

export const PROBLEM_TYPE = 'application/problem+json';

/** The `type` of a problem: its heading in the guide of the API. */
export const problemType = (code: ProblemCode): string => `urn:muster:problem:${code.replaceAll('_', '-')}`;
