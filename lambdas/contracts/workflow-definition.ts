import * as z from 'zod';
import { Budget } from './budget.ts';
import { Admission, Limit } from './flow-control.ts';
import { Json, JsonObject } from './json.ts';
import { DEFAULTS } from './limits.ts';
import { AgentName, TaskId, TaskType, WorkflowName } from './names.ts';
import { PriorityLevel } from './priority.ts';
import { RetryPolicy } from './retry-policy.ts';
import {
  Ask,
  Consensus,
  Escalation,
  Expression,
  Fallback,
  ForEach,
  Sees,
  SelectionStrategy,
  Sleep,
  SubWorkflow,
  TaskGroup,
  Undo,
  WaitFor,
} from './task-kinds.ts';

/** What a task is: exactly one of these fields says it. */
export const TASK_KINDS = ['type', 'workflow', 'waitFor', 'ask', 'sleep', 'value', 'consensus'] as const;
export type TaskKind = (typeof TASK_KINDS)[number];

export const TaskDefinition = z.strictObject({
  id: TaskId,
  type: TaskType.optional().describe('An agent with a capability of this name does it'),
  workflow: SubWorkflow.optional(),
  waitFor: WaitFor.optional(),
  ask: Ask.optional(),
  sleep: Sleep.optional(),
  value: Json.optional().describe('A value computed by the coordinator; strings "{% … %}" are JSONata'),
  consensus: Consensus.optional(),
  description: z.string().max(1_000).optional(),
  input: Json.optional().describe(
    'What the agent or sub-workflow gets; strings of the form "{% … %}" are JSONata over $input and $results',
  ),
  dependsOn: z
    .array(TaskId)
    .max(20_000)
    .optional()
    .describe('Tasks or groups that must end first; their results come along'),
  when: Expression.optional().describe('False skips the task, and what depends on nothing but skipped tasks'),
  forEach: ForEach.optional(),
  group: TaskId.optional(),
  priority: PriorityLevel.optional().describe("Default: the run's"),
  retry: RetryPolicy.optional(),
  timeoutSeconds: z
    .number()
    .positive()
    .max(31_536_000)
    .optional()
    .describe(
      'Per attempt: from dispatch to report, default 300; of an event or a person: how long to wait, default: the deadline',
    ),
  expectedSeconds: z
    .number()
    .nonnegative()
    .max(31_536_000)
    .optional()
    .describe('A guess at how long it works; where a limit makes tasks wait, the longest path to the end goes first'),
  agent: AgentName.optional().describe('Only this agent; default: any with the capability'),
  select: SelectionStrategy.optional(),
  near: z.string().max(64).optional().describe('Prefer agents with this region or locality; may be an expression'),
  optional: z.boolean().optional().describe('Its failure degrades the run instead of failing it'),
  limits: z
    .array(Limit)
    .min(1)
    .max(4)
    .optional()
    .describe('Each attempt takes a permit of every one of these, rates first, and gives it back when it ends'),
  fallback: Fallback.optional(),
  escalate: Escalation.optional(),
  undo: Undo.optional(),
  budget: Budget.optional().describe("For all its attempts and what they delegate; default: its run's"),
  sees: Sees.optional(),
});
export type TaskDefinition = z.infer<typeof TaskDefinition>;

/** A workflow is data: a typed builder, a planner agent or an API client may write it. */
export const WorkflowDefinition = z.strictObject({
  name: WorkflowName,
  version: z.number().int().positive().default(1),
  description: z.string().max(2_000).default(''),
  input: JsonObject.optional().describe('JSON Schema (2020-12) of the request input; default: any object'),
  tasks: z.array(TaskDefinition).min(1).max(20_000),
  groups: z.record(TaskId, TaskGroup).optional(),
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
  budget: Budget.optional().describe('For the whole run, with the runs inside it'),
  admission: Admission.optional().describe('Default: every run begins at once'),
  events: z
    .enum(['workflow', 'task'])
    .default('task')
    .describe('Publish task_completed for each task, or only workflow_*'),
  select: SelectionStrategy.optional().describe('For all tasks that do not say otherwise'),
  escalate: Escalation.optional().describe(
    'For all tasks that do not say otherwise; default: a person after three silent attempts or an unknown outcome, a pause when the retries are used up (a sub-workflow fails then), else the task fails',
  ),
  retryBudget: z
    .strictObject({
      reserve: z.number().int().nonnegative().describe('Retries that a run has from the start'),
      ratio: z.number().nonnegative().describe('Retries that each completed task adds'),
    })
    .optional()
    .describe('Bounds all retries of a run together; default 20 and 1'),
  output: z
    .array(TaskId)
    .max(1_000)
    .optional()
    .describe("Tasks whose results are the run's; default: those nobody depends on"),
});
export type WorkflowDefinition = z.infer<typeof WorkflowDefinition>;
export const DEFAULT_RETRY_BUDGET = { reserve: 20, ratio: 1 } as const;

/** Which of the kinds a task is. @throws Error when it is none: definitions are checked when they come in */
export function kindOf(task: Pick<TaskDefinition, 'id' | TaskKind>): TaskKind {
  const kind = TASK_KINDS.find((field) => task[field] !== undefined);
  if (!kind) throw new Error(`task ${task.id} says nothing to do: it needs one of ${TASK_KINDS.join(', ')}`);
  return kind;
}

/** What events and views call a task's work: its type, or its kind. */
export function typeOf(task: TaskDefinition): string {
  const kind = kindOf(task);
  return kind === 'type' ? (task.type ?? kind) : kind === 'waitFor' ? 'wait_for' : kind;
}
