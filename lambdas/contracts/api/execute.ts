import * as z from 'zod';
import { Json, JsonObject } from '../json.ts';
import { AgentName, TaskType } from '../names.ts';
import { IdempotencyHeaders, Instant } from './common.ts';
import { Problem } from './problem.ts';
import { route } from './route.ts';

const Metadata = z
  .object({
    source: z.string().max(256).optional(),
    user_id: z.string().max(256).optional(),
    session_id: z.string().max(256).optional(),
  })
  .catchall(Json);

/** As in the seed documents' "HTTP API Communication". */
export const ExecuteRequest = z
  .strictObject({
    task_type: TaskType.describe('Such as "etl.extract": an agent that has this capability does it'),
    content: JsonObject.describe('What the agent gets to work on'),
    priority: z.enum(['low', 'medium', 'high', 'critical']).default('medium'),
    timeout: z.number().int().min(1).max(86_400).default(300).describe('Seconds; the task is given up after this'),
    metadata: Metadata.optional().describe('Kept with the request'),
  })
  .meta({ id: 'ExecuteRequest' });
export type ExecuteRequest = z.infer<typeof ExecuteRequest>;

/** As in the seed documents: `data` and `error`, whatever happened. */
export const ExecuteResponse = z
  .object({
    status: z.number().int().describe("The answer's HTTP status"),
    data: z
      .object({
        task_id: z.string().describe('GET /api/v1/tasks/{task_id} and GET /api/v1/workflows/{task_id} tell more of it'),
        result: JsonObject.nullable().describe('What the agent answered; a value that is no object comes as {value}'),
        agent_info: z
          .object({
            name: z.string(),
            version: z.string(),
            processing_time: z.number().nonnegative().describe('Seconds that the agent worked'),
          })
          .nullable()
          .describe('null: no agent has answered'),
        metadata: z.object({
          timestamp: Instant,
          model_used: z.string().nullable().describe('The language model that worked on it last, if any'),
          tokens_used: z.number().int().nonnegative(),
        }),
        links: z
          .object({ status: z.string(), task: z.string() })
          .optional()
          .describe('With 202: where to look for the result'),
      })
      .nullable(),
    error: Problem.nullable(),
  })
  .meta({ id: 'ExecuteResponse' });
export type ExecuteResponse = z.infer<typeof ExecuteResponse>;

export const executeRoutes = {
  executeTask: route({
    method: 'POST',
    path: '/api/v1/agents/execute',
    group: 'agents',
    summary: 'Has an agent do one task, and waits for its answer',
    description:
      'Waits up to the timeout of the request, and at most 25 seconds; then 202 says where to look. ' +
      'The same request id with the same body never runs twice.',
    access: { resource: 'task', action: 'create' },
    headers: IdempotencyHeaders.extend({
      'x-agent-preference': AgentName.optional().describe('Taken if it can do the task and is healthy'),
    }),
    body: ExecuteRequest,
    answers: {
      200: { description: 'The task has ended well', body: ExecuteResponse },
      202: { description: 'The task goes on; `data.links` says where to look', body: ExecuteResponse },
    },
    errors: 'envelope',
  }),
} as const;
