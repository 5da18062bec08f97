import * as z from 'zod';
import { Json } from '../json.ts';
import { RunId } from '../names.ts';
import { Usage } from '../usage.ts';
import { Failure, Instant, TaskPath, WorkflowPath } from './common.ts';
import { route } from './route.ts';

export const TaskStatusName = z.enum([
  'waiting',
  'ready',
  'running',
  'suspended',
  'retrying',
  'completed',
  'failed',
  'skipped',
  'cancelled',
]);

const Attempt = z.object({
  attempt: z.number().int(),
  at: Instant,
  agent: z.string().optional(),
  why: z.string().optional().describe('Why this agent was chosen'),
  probe: z.literal(true).optional().describe('It finds out whether its agent works again'),
  ended_at: Instant.optional(),
  outcome: z.enum(['completed', 'delegated', 'failed', 'silent', 'rerouted']).optional(),
  error: Failure.optional(),
});

export const TaskSummary = z
  .object({
    workflow_id: RunId,
    task_id: z.string(),
    type: z.string(),
    status: TaskStatusName,
    attempt: z.number().int(),
    agent: z.string().optional(),
    selection: z.string().optional().describe('Why this agent was chosen'),
    depends_on: z.array(z.string()),
    dispatched_at: Instant.optional(),
    ended_at: Instant.optional(),
    duration_ms: z.number().optional().describe('What the agent needed for the last attempt'),
    next_attempt_at: Instant.optional(),
    degraded: z.string().optional().describe('What stands in for its result'),
    error: Failure.optional(),
    usage: Usage.optional(),
  })
  .meta({ id: 'TaskSummary' });

export const TaskDetails = TaskSummary.extend({
  input: Json.optional().describe('As defined; it may hold expressions'),
  result: Json.optional(),
  waits_for: Json.optional().describe('What it waits for, and until when'),
  attempts: z.array(Attempt),
  history: z.array(z.object({ at: Instant, what: z.string() })).describe('What was decided between its attempts'),
}).meta({ id: 'TaskDetails' });

export const taskRoutes = {
  listTasks: route({
    method: 'GET',
    path: '/api/v1/workflows/{workflow_id}/tasks',
    group: 'tasks',
    summary: 'The tasks of a run, and why each agent was chosen',
    access: { resource: 'task', action: 'read' },
    params: WorkflowPath,
    query: z.object({
      status: TaskStatusName.optional(),
      limit: z.coerce.number().int().min(1).max(1_000).default(200),
      after: z.string().max(128).optional().describe('Only those behind this task'),
    }),
    answers: {
      200: {
        description: 'In the order of the definition',
        body: z.object({ items: z.array(TaskSummary), more: z.boolean() }),
      },
    },
  }),
  getTask: route({
    method: 'GET',
    path: '/api/v1/workflows/{workflow_id}/tasks/{task_id}',
    group: 'tasks',
    summary: 'A task with every attempt at it',
    access: { resource: 'task', action: 'read' },
    params: TaskPath,
    answers: { 200: { description: 'As the journal says', body: TaskDetails } },
  }),
  getExecutedTask: route({
    method: 'GET',
    path: '/api/v1/tasks/{task_id}',
    group: 'tasks',
    summary: 'The task that POST /api/v1/agents/execute has begun',
    access: { resource: 'task', action: 'read' },
    params: z.object({ task_id: RunId }),
    answers: { 200: { description: 'As the journal says', body: TaskDetails } },
  }),
} as const;
