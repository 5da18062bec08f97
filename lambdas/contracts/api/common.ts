import * as z from 'zod';
import { ErrorReport } from '../errors.ts';
import { AgentName, RunId, TaskId } from '../names.ts';

/** Bounds of a request, before anybody looks at what it says. */
export const API_LIMITS = {
  /** Bytes of a body. */
  body: 256 * 1024,
  /** Levels of arrays and objects inside each other. */
  depth: 32,
  /** Characters of path and query together. */
  url: 4_096,
  /** Seconds that an answer is waited for at most; API Gateway gives up after 30. */
  waitSeconds: 25,
} as const;

/** An id that a client gives a request: the same id and body stand for the same run, however often they are sent. */
export const RequestId = z.string().regex(/^[\x21-\x7e]{1,128}$/, 'a request id is 1-128 printable ASCII characters');

/** Both headers mean the same; the first is the seed documents' name, the second that of most APIs. */
export const IdempotencyHeaders = z.object({
  'x-request-id': RequestId.optional().describe('Same id and body: same run. Another body: 409. Default: a new one'),
  'idempotency-key': RequestId.optional().describe(
    'The same under another name; X-Request-ID counts when both are sent',
  ),
});

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('At most so many'),
  cursor: z.string().max(512).optional().describe('Where to go on: `next_cursor` of the page before'),
});

/** A page of a list, the newest first. */
export const pageOf = <S extends z.ZodType>(item: S) =>
  z.object({
    items: z.array(item),
    next_cursor: z.string().optional().describe('None: this was the last page'),
  });

export const Instant = z.iso.datetime();
export const WorkflowPath = z.object({ workflow_id: RunId });
export const TaskPath = z.object({ workflow_id: RunId, task_id: TaskId });
export const AgentPath = z.object({ agent: AgentName });

export const Failure = ErrorReport.meta({ id: 'Failure' });

export const Reason = z.string().max(1_000).default('');
