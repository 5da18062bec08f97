import * as z from 'zod';
import { RunEdit } from '../control.ts';
import { Json, JsonObject } from '../json.ts';
import { RunId } from '../names.ts';
import { IdempotencyHeaders, Reason, WorkflowPath } from './common.ts';
import { route } from './route.ts';
import { controlled, WorkflowAccepted } from './workflows.ts';

const Edit = RunEdit.meta({ id: 'WorkflowEdit' });

const Change = z.enum(['existence', 'status', 'agent', 'attempts', 'input', 'result', 'error']);
const pair = <S extends z.ZodType>(schema: S) => z.tuple([schema.nullable(), schema.nullable()]);
const Moment = z.object({ entry: z.number().int(), what: z.string(), task: z.string().optional(), details: Json });
export const WorkflowDiff = z
  .object({
    runs: z.tuple([RunId, RunId]),
    forked_at: z.number().int().optional(),
    workflow: pair(z.string()),
    status: pair(z.string()),
    input: pair(JsonObject).optional(),
    tasks: z.array(
      z.object({
        task: z.string(),
        differs: z.array(Change),
        status: pair(z.string()),
        agent: pair(z.string()),
        attempts: pair(z.number()),
        duration_ms: pair(z.number()),
        input: z.tuple([Json, Json]).optional(),
        result: z.tuple([Json, Json]).optional(),
        error: pair(z.string()).optional(),
      }),
    ),
    first_difference: pair(Moment),
    same: z.boolean(),
  })
  .meta({ id: 'WorkflowDiff' });

/** Changing a run, and going back in time with it. */
export const repairRoutes = {
  repairWorkflow: route({
    method: 'POST',
    path: '/api/v1/workflows/{workflow_id}/repair',
    group: 'repair',
    summary: 'Changes a run, and lets it go on',
    access: { resource: 'workflow', action: 'repair' },
    params: WorkflowPath,
    body: z.strictObject({ edit: Edit, stay_paused: z.boolean().default(false), reason: Reason }),
    answers: controlled,
  }),
  forkWorkflow: route({
    method: 'POST',
    path: '/api/v1/workflows/{workflow_id}/fork',
    group: 'repair',
    summary: 'Begins a new run where another one stood',
    access: { resource: 'workflow', action: 'repair' },
    params: WorkflowPath,
    headers: IdempotencyHeaders,
    body: z
      .strictObject({
        at: z.number().int().nonnegative().optional().describe('Journal entry; default: the last with work to do'),
        edit: Edit.optional(),
        effects: z.enum(['recorded', 'allowed']).default('recorded'),
        reason: Reason,
      })
      .prefault({}),
    answers: { 202: { description: 'The new run', body: WorkflowAccepted } },
  }),
  replayWorkflow: route({
    method: 'GET',
    path: '/api/v1/workflows/{workflow_id}/replay',
    group: 'repair',
    summary: 'The state of a run after one of its journal entries, rebuilt from the first one',
    access: { resource: 'workflow', action: 'read' },
    params: WorkflowPath,
    query: z.object({ at: z.coerce.number().int().nonnegative().optional().describe('Default: the last') }),
    answers: {
      200: {
        description: 'The state and its digest',
        body: z.object({
          run_id: RunId,
          at: z.number().int(),
          entries: z.number().int(),
          sha256: z.string(),
          state: Json,
          snapshot: z.object({ sha256: z.string(), same: z.boolean() }).optional(),
        }),
      },
    },
  }),
  diffWorkflows: route({
    method: 'GET',
    path: '/api/v1/workflows/{workflow_id}/diff/{other_id}',
    group: 'repair',
    summary: 'What two runs have and have not in common',
    access: { resource: 'workflow', action: 'read' },
    params: WorkflowPath.extend({ other_id: RunId }),
    answers: { 200: { description: 'Task by task', body: WorkflowDiff } },
  }),
} as const;
