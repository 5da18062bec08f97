import * as z from 'zod';
import { Json } from '../json.ts';
import { RunId, TaskId } from '../names.ts';
import { Failure, Instant, WorkflowPath } from './common.ts';
import { route } from './route.ts';
import { WorkflowStatus } from './workflows.ts';

const Question = z
  .object({
    workflow_id: RunId,
    workflow: z.string(),
    task_id: z.string(),
    decision_id: z.string(),
    question: z.string(),
    options: z.array(z.string()),
    to: z.string().optional(),
    since: Instant,
    until: Instant.optional(),
    shows: Json.optional().describe('What is decided about'),
    digest: z.string().optional().describe('Repeat it in the answer: it says what you have seen'),
    error: Failure.optional().describe('Why a person is asked, when the task did not say so itself'),
  })
  .meta({ id: 'Question' });

export const decisionRoutes = {
  listDecisions: route({
    method: 'GET',
    path: '/api/v1/decisions',
    group: 'decisions',
    summary: 'The questions that tasks wait to have answered',
    description: 'Of the latest 100 runs of the tenant, or of the one that is named.',
    access: { resource: 'decision', action: 'read' },
    query: z.object({ workflow_id: RunId.optional() }),
    answers: { 200: { description: 'The oldest of a run first', body: z.object({ items: z.array(Question) }) } },
  }),
  decide: route({
    method: 'POST',
    path: '/api/v1/workflows/{workflow_id}/decisions',
    group: 'decisions',
    summary: 'Answers a question',
    description: 'Nobody answers what they have asked for themselves. Silence is never a yes.',
    access: { resource: 'decision', action: 'decide' },
    params: WorkflowPath,
    body: z.strictObject({
      task_id: TaskId,
      decision: z.string().min(1).max(64).describe('One of the options'),
      decision_id: z.string().max(160).optional().describe('Default: the one that is open'),
      digest: z.string().max(64).optional().describe('Of what was shown: needed where something was'),
      comment: z.string().max(2_000).optional(),
      value: Json.optional().describe('For "complete": what the task answers'),
    }),
    answers: {
      200: { description: 'Taken', body: WorkflowStatus },
      202: {
        description: 'Sent; the run has not said anything to it yet',
        body: z.object({ workflow_id: RunId, decision_id: z.string() }),
      },
    },
  }),
} as const;
