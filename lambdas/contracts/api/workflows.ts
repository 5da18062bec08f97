import * as z from 'zod';
import { Json, JsonObject } from '../json.ts';
import { EventName, RunId, TaskId, WorkflowName } from '../names.ts';
import { Usage } from '../usage.ts';
import { Failure, IdempotencyHeaders, Instant, PageQuery, pageOf, Reason, RequestId, WorkflowPath } from './common.ts';
import { route } from './route.ts';

export const WorkflowStatusName = z.enum([
  'requested',
  'running',
  'paused',
  'compensating',
  'completed',
  'failed',
  'cancelled',
]);

/** A run as lists show it. */
export const WorkflowSummary = z
  .object({
    workflow_id: RunId,
    workflow: z.string(),
    version: z.number().int(),
    status: WorkflowStatusName,
    request_id: z.string(),
    correlation_id: z.string(),
    requested_by: z.string().optional(),
    requested_at: Instant,
    ended_at: Instant.optional(),
    error: Failure.optional(),
  })
  .meta({ id: 'WorkflowSummary' });

/** A run as it stands. */
export const WorkflowStatus = WorkflowSummary.extend({
  current_stage: z.string().nullable().describe('The task that is worked on; null: none'),
  stages_completed: z.array(z.string()).describe('Tasks that have ended well, in that order'),
  progress: z.number().min(0).max(1).describe('Share of its tasks that are over'),
  tasks: z.record(z.string(), z.number().int()).describe('How many are in each state'),
  started_at: Instant.optional(),
  deadline: Instant.optional(),
  paused: z.object({ reason: z.string(), by: z.string().optional() }).optional(),
  held: z.string().optional().describe('Its tenant, or everything, is on hold'),
  waits_for: z.string().optional().describe('What it waits for before its first task'),
  failed_task: z.string().optional(),
  reason: z.string().optional().describe('Why it was cancelled'),
  usage: Usage.optional(),
  entries: z.number().int().describe('Number of its last journal entry'),
}).meta({ id: 'WorkflowStatus' });

export const WorkflowAccepted = z
  .object({
    workflow_id: RunId,
    status: WorkflowStatusName,
    request_id: RequestId.optional(),
    links: z.object({ status: z.string(), events: z.string(), result: z.string() }),
  })
  .meta({ id: 'WorkflowAccepted' });

const Happening = z.object({
  entry: z.number().int().describe('Of the journal; fork and replay name it'),
  at: Instant,
  event: z.string().describe('Such as "tasks_dispatched"'),
  task_id: TaskId.optional(),
  details: Json.optional(),
});

/** What a command to a run answers. */
export const controlled = {
  200: { description: 'So it is now', body: WorkflowStatus },
  202: { description: 'Asked for; the run has not said anything to it yet', body: WorkflowAccepted },
} as const;
const asked = z.strictObject({ reason: Reason }).prefault({});

export const workflowRoutes = {
  listDefinitions: route({
    method: 'GET',
    path: '/api/v1/definitions',
    group: 'workflows',
    summary: 'Which workflows can be run',
    access: { resource: 'definition', action: 'read' },
    scope: 'platform',
    answers: {
      200: {
        description: 'The latest version of each, by name',
        body: z.object({
          items: z.array(
            z.object({
              workflow: z.string(),
              version: z.number().int(),
              description: z.string(),
              tasks: z.number().int(),
              input: JsonObject.optional().describe('JSON Schema of its input'),
            }),
          ),
        }),
      },
    },
  }),
  startWorkflow: route({
    method: 'POST',
    path: '/api/v1/workflows',
    group: 'workflows',
    summary: 'Starts a workflow',
    access: { resource: 'workflow', action: 'create' },
    headers: IdempotencyHeaders,
    body: z
      .strictObject({
        workflow: WorkflowName,
        input: JsonObject.default({}),
        version: z.number().int().positive().optional().describe('Of the definition; default: the latest'),
        priority: z.enum(['low', 'normal', 'medium', 'high', 'critical']).optional(),
        correlation_id: z.string().min(1).max(128).optional(),
        definition: Json.optional().describe('A definition of your own instead of a registered one'),
      })
      .meta({ id: 'StartWorkflow' }),
    answers: { 202: { description: 'Accepted, or accepted before under the same request id', body: WorkflowAccepted } },
  }),
  listWorkflows: route({
    method: 'GET',
    path: '/api/v1/workflows',
    group: 'workflows',
    summary: 'The runs of the tenant, the newest first',
    access: { resource: 'workflow', action: 'read' },
    query: PageQuery.extend({
      correlation_id: z.string().max(128).optional().describe('Only those of this correlation'),
    }),
    answers: { 200: { description: 'A page of runs', body: pageOf(WorkflowSummary) } },
  }),
  getWorkflow: route({
    method: 'GET',
    path: '/api/v1/workflows/{workflow_id}',
    group: 'workflows',
    summary: 'How a run stands',
    access: { resource: 'workflow', action: 'read' },
    params: WorkflowPath,
    answers: { 200: { description: 'As its journal says', body: WorkflowStatus } },
  }),
  getWorkflowResult: route({
    method: 'GET',
    path: '/api/v1/workflows/{workflow_id}/result',
    group: 'workflows',
    summary: 'What a run has answered',
    access: { resource: 'workflow', action: 'read' },
    params: WorkflowPath,
    answers: {
      200: {
        description: 'It has completed',
        body: z.object({ workflow_id: RunId, status: z.literal('completed'), result: Json }),
      },
      202: { description: 'It goes on', body: WorkflowAccepted },
    },
  }),
  listWorkflowEvents: route({
    method: 'GET',
    path: '/api/v1/workflows/{workflow_id}/events',
    group: 'workflows',
    summary: 'What has happened in a run, the oldest first',
    access: { resource: 'workflow', action: 'read' },
    params: WorkflowPath,
    query: z.object({
      after: z.coerce.number().int().nonnegative().default(0).describe('Only later journal entries than this'),
      limit: z.coerce.number().int().min(1).max(1_000).default(100).describe('At most so many journal entries'),
    }),
    answers: {
      200: {
        description: 'Go on with `after` = `last`',
        body: z.object({ items: z.array(Happening), last: z.number().int(), more: z.boolean() }),
      },
    },
  }),
  cancelWorkflow: route({
    method: 'POST',
    path: '/api/v1/workflows/{workflow_id}/cancel',
    group: 'workflows',
    summary: 'Stops a run, and takes back what it did',
    access: { resource: 'workflow', action: 'control' },
    params: WorkflowPath,
    body: asked,
    answers: controlled,
  }),
  pauseWorkflow: route({
    method: 'POST',
    path: '/api/v1/workflows/{workflow_id}/pause',
    group: 'workflows',
    summary: 'No further task of a run begins',
    access: { resource: 'workflow', action: 'control' },
    params: WorkflowPath,
    body: asked,
    answers: controlled,
  }),
  resumeWorkflow: route({
    method: 'POST',
    path: '/api/v1/workflows/{workflow_id}/resume',
    group: 'workflows',
    summary: 'A run that has paused or failed goes on as it is',
    access: { resource: 'workflow', action: 'control' },
    params: WorkflowPath,
    body: asked,
    answers: controlled,
  }),
  signalWorkflow: route({
    method: 'POST',
    path: '/api/v1/workflows/{workflow_id}/signals',
    group: 'workflows',
    summary: 'Sends a run an event that a task waits for, or will wait for',
    access: { resource: 'workflow', action: 'signal' },
    params: WorkflowPath,
    body: z.strictObject({
      event: EventName,
      key: z.string().max(1_000).optional(),
      payload: Json.default(null),
      event_id: z.string().min(1).max(128).optional().describe('Same id, counted once; default: the request id'),
    }),
    headers: IdempotencyHeaders,
    answers: {
      202: { description: 'On its way', body: z.object({ workflow_id: RunId, event_id: z.string() }) },
    },
  }),
} as const;
