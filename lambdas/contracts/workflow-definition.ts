import * as z from 'zod';
import { Json, JsonObject } from './json.ts';
import { DEFAULTS } from './limits.ts';
import { AgentName, TaskId, TaskType, WorkflowName } from './names.ts';
import { PriorityLevel } from './priority.ts';

/** Exponential backoff with full jitter: wait a random time up to min(maxDelay, interval · rate^(attempt-1)). */
export const RetryPolicy = z.strictObject({
  maxAttempts: z.number().int().min(1).max(20).optional().describe('Default 3'),
  intervalSeconds: z.number().min(0).max(3_600).optional().describe('Default 1'),
  backoffRate: z.number().min(1).max(10).optional().describe('Default 2'),
  maxDelaySeconds: z.number().min(0).max(86_400).optional().describe('Default 300'),
});
export type RetryPolicy = z.infer<typeof RetryPolicy>;
export const DEFAULT_RETRY: { [K in keyof Required<RetryPolicy>]: number } = {
  maxAttempts: DEFAULTS.attempts,
  intervalSeconds: 1,
  backoffRate: 2,
  maxDelaySeconds: 300,
};

export const TaskDefinition = z.strictObject({
  id: TaskId,
  type: TaskType.describe('An agent with a capability of this name does it'),
  description: z.string().max(1_000).optional(),
  input: Json.optional().describe(
    'What the agent gets; strings of the form "{% … %}" are JSONata over $input and $results',
  ),
  dependsOn: z
    .array(TaskId)
    .max(20_000)
    .optional()
    .describe('Tasks that must complete first; their results come along'),
  priority: PriorityLevel.optional().describe("Default: the run's"),
  retry: RetryPolicy.optional(),
  timeoutSeconds: z
    .number()
    .positive()
    .max(604_800)
    .optional()
    .describe('From dispatch to report, per attempt; default 300'),
  agent: AgentName.optional().describe('Only this agent; default: any with the capability'),
});
export type TaskDefinition = z.infer<typeof TaskDefinition>;

/** A workflow is data: a typed builder, a planner agent or an API client may write it. */
export const WorkflowDefinition = z.strictObject({
  name: WorkflowName,
  version: z.number().int().positive().default(1),
  description: z.string().max(2_000).default(''),
  input: JsonObject.optional().describe('JSON Schema (2020-12) of the request input; default: any object'),
  tasks: z.array(TaskDefinition).min(1).max(20_000),
  timeoutSeconds: z
    .number()
    .positive()
    .max(31_536_000)
    .default(DEFAULTS.workflowTimeoutSeconds)
    .describe('Deadline of the run'),
  priority: PriorityLevel.optional(),
  lifecycle: z
    .enum(['step_functions', 'queue'])
    .optional()
    .describe('Who backs up the deadline; default: "queue" for a single task, else a Step Functions execution'),
  events: z
    .enum(['workflow', 'task'])
    .default('task')
    .describe('Publish task_completed for each task, or only workflow_*'),
  output: z
    .array(TaskId)
    .max(1_000)
    .optional()
    .describe("Tasks whose results are the run's; default: those nobody depends on"),
});
export type WorkflowDefinition = z.infer<typeof WorkflowDefinition>;
