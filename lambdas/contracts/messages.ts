import * as z from 'zod';
import { BlobRef, ResultValue } from './blob.ts';
import { BudgetRef } from './budget.ts';
import { RunEdit } from './control.ts';
import { ErrorReport } from './errors.ts';
import { Claimant, FlowId, Gate } from './flow-control.ts';
import { Json, JsonObject } from './json.ts';
import { AgentName, EpochMs, EventName, RunId, TaskId, TenantId } from './names.ts';
import { PriorityLevel } from './priority.ts';
import { TaskAssignment } from './task-assignment.ts';
import { Usage } from './usage.ts';
import { TaskDefinition, WorkflowDefinition } from './workflow-definition.ts';

export { Answer, MOST_FORKS, TaskAssignment } from './task-assignment.ts';

/** How an agent has done since its container started, as the seed documents count it. */
export const AgentStats = z.object({
  messages_processed: z.number().int().nonnegative(),
  errors_count: z.number().int().nonnegative(),
  avg_processing_time: z.number().nonnegative().describe('Seconds'),
  last_activity: z.iso.datetime(),
  ewma_success: z.number().min(0).max(1).optional().describe('Share of successes, the last tasks counting most'),
  ewma_latency_ms: z.number().nonnegative().optional().describe('Duration of a task, the last tasks counting most'),
});
export type AgentStats = z.infer<typeof AgentStats>;

export const TaskUpdate = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('completed'),
    task_id: TaskId,
    attempt: z.number().int().positive(),
    result: ResultValue,
    duration_ms: z.number().nonnegative(),
    tasks: z.array(TaskDefinition).optional().describe('Decomposition: new tasks for this run'),
    usage: Usage.optional().describe('Of this attempt'),
  }),
  z.object({
    status: z.literal('delegated'),
    task_id: TaskId,
    attempt: z.number().int().positive(),
    tasks: z
      .array(TaskDefinition)
      .min(1)
      .describe('It goes on when these are over, however they end. Their ids begin with its own and ".."'),
    duration_ms: z.number().nonnegative(),
    usage: Usage.optional(),
  }),
  z.object({
    status: z.literal('failed'),
    task_id: TaskId,
    attempt: z.number().int().positive(),
    error: ErrorReport,
    duration_ms: z.number().nonnegative(),
    usage: Usage.optional(),
  }),
]);
export type TaskUpdate = z.infer<typeof TaskUpdate>;

/** Agent → coordinator: one message for a whole batch of tasks of one run. */
export const StatusUpdate = z.object({
  run_id: RunId,
  agent: AgentName,
  updates: z.array(TaskUpdate).min(1).max(100),
});
export type StatusUpdate = z.infer<typeof StatusUpdate>;

/** The task of another run that a run is. */
export const ParentTask = z.object({
  run_id: RunId,
  task_id: TaskId,
  attempt: z.number().int().positive(),
  depth: z.number().int().positive().describe('1 for the child of a run that nobody but a client asked for'),
});
export type ParentTask = z.infer<typeof ParentTask>;

/** Who asked for a run, and where the answer is wanted. */
export const RunRequest = z.object({
  request_id: z.string().min(1).max(128),
  tenant: TenantId,
  correlation_id: z.string().min(1).max(128),
  requested_by: z.string().min(1).max(128),
  priority: PriorityLevel,
  parent: ParentTask.optional(),
  budgets: z.array(BudgetRef).optional().describe('Of the runs above it, the outermost first'),
  counted: z.literal(true).optional().describe('It is one of the open runs that the plan of its tenant bounds'),
});
export type RunRequest = z.infer<typeof RunRequest>;

/** A document that may be too large to travel inline. */
const orRef = <T extends z.ZodType>(schema: T) => z.union([z.object({ value: schema }), z.object({ ref: BlobRef })]);

/** Lifecycle or intake → coordinator. A repeated start only replaces the task token. */
export const StartRun = z.object({
  run_id: RunId,
  request: RunRequest,
  definition: orRef(WorkflowDefinition),
  input: orRef(JsonObject),
  task_token: z.string().optional(),
});
export type StartRun = z.infer<typeof StartRun>;

/** Anybody permitted → coordinator. */
export const CancelRun = z.object({
  run_id: RunId,
  request_id: z.string().min(1).max(128).optional().describe('The same id counts once'),
  reason: z.string().max(1_000),
  requested_by: z.string().max(128),
});
export type CancelRun = z.infer<typeof CancelRun>;

/** Timers, sweeper or the coordinator itself → coordinator: look at this run, something may be due or owed. */
export const WakeRun = z.object({ run_id: RunId, due: EpochMs.optional() });
export type WakeRun = z.infer<typeof WakeRun>;

/** Dead-letter Lambda → coordinator: this attempt's message was given up on by its inbox. */
export const TaskParked = z.object({
  run_id: RunId,
  task_id: TaskId,
  attempt: z.number().int().positive(),
  agent: AgentName,
  reason: z.string().max(1_000),
  shared: z.boolean().optional().describe('The message carried other tasks too: any of them may be the culprit'),
});
export type TaskParked = z.infer<typeof TaskParked>;

/** Intake → coordinator: an event for this run, which may not have begun yet. Kept until a task waits for it. */
export const DeliverEvent = z.object({
  run_id: RunId,
  event_id: z.string().min(1).max(128).describe('The same id counts once'),
  event: EventName,
  key: z.string().max(1_000).optional(),
  payload: ResultValue,
});
export type DeliverEvent = z.infer<typeof DeliverEvent>;

/** Intake → coordinator: what a person decided about a task that waits for them. */
export const DecideTask = z.object({
  run_id: RunId,
  task_id: TaskId,
  decision_id: z.string().max(160).optional().describe('Of the request that is answered; default: the open one'),
  event_id: z.string().min(1).max(128).optional().describe('The same answer twice, by a crash on the way, counts once'),
  decision: z.string().min(1).max(64),
  comment: z.string().max(2_000).optional(),
  value: Json.optional().describe('For "complete": what the task answers'),
  digest: z.string().max(64).optional().describe('Of what was shown: required where something was'),
  decided_by: z.string().min(1).max(128),
});
export type DecideTask = z.infer<typeof DecideTask>;

/** Coordinator → coordinator: a sub-workflow has ended; goes to the group of the run that asked for it. */
export const ChildEnded = z.object({
  run_id: RunId,
  task_id: TaskId,
  attempt: z.number().int().positive(),
  child_run_id: RunId,
  outcome: z.union([z.object({ result: ResultValue }), z.object({ error: ErrorReport })]),
  duration_ms: z.number().nonnegative(),
  usage: Usage.optional().describe('Of all its tasks, and of the runs inside it'),
});
export type ChildEnded = z.infer<typeof ChildEnded>;

/** Intake → coordinator: begin no more tasks; what is under way goes on. */
export const PauseRun = z.object({
  run_id: RunId,
  request_id: z.string().min(1).max(128).optional().describe('The same one twice counts once'),
  requested_by: z.string().max(128),
  reason: z.string().max(1_000),
});
export type PauseRun = z.infer<typeof PauseRun>;

/**
 * Intake → coordinator: go on, with changes if any are named. A run that has failed begins again where it failed; what
 * its pause or its failure had left for a person is tried again.
 */
export const ResumeRun = z.object({
  run_id: RunId,
  request_id: z.string().min(1).max(128).describe('The same one twice counts once'),
  requested_by: z.string().max(128),
  reason: z.string().max(1_000),
  edit: RunEdit.optional(),
  definition: orRef(WorkflowDefinition).optional().describe('Of the version that the edit names'),
  stay_paused: z.boolean().optional().describe('Only make the changes'),
});
export type ResumeRun = z.infer<typeof ResumeRun>;

/** Intake → coordinator: begin a run where another stood after its journal entry `at`, with changes if any are named. */
export const ForkRun = z.object({
  run_id: RunId,
  from: RunId,
  at: z.number().int().nonnegative().describe('Number of a journal entry; 0: from the very beginning'),
  request: RunRequest,
  edit: RunEdit.optional(),
  definition: orRef(WorkflowDefinition).optional(),
  effects: z
    .enum(['recorded', 'allowed'])
    .describe('Work with outside effects is answered from the record of the other run, or really done'),
});
export type ForkRun = z.infer<typeof ForkRun>;

/** Run → flow. Numbers only ever grow, so a message that comes twice or late does no harm. */
export const AskFlow = z.object({
  run_id: RunId,
  claimant: Claimant,
  gate: Gate,
  asked: z.number().int().nonnegative().describe('Permits asked for since the run began'),
  returned: z.number().int().nonnegative().describe('Permits given back since the run began'),
  withdrawn: z
    .number()
    .int()
    .nonnegative()
    .optional()
    .describe('Of those asked for, how many it will not wait for any more; default 0'),
  since: EpochMs.describe('Since when the oldest of its waiting work waits'),
  expires_at: EpochMs.describe('By then the run has ended: what it holds is free'),
  done: z.boolean().optional().describe('The run wants nothing more and holds nothing'),
  answers: EpochMs.optional().describe('When the flow asked what this answers'),
  input: orRef(JsonObject).optional().describe('For a batch'),
});
export type AskFlow = z.infer<typeof AskFlow>;

/** Flow → run: so many permits since the run began; or why there will be none. */
export const GrantFlow = z.object({
  run_id: RunId,
  flow_id: FlowId,
  granted: z.number().int().nonnegative(),
  refused: z
    .object({ code: z.string(), reason: z.string(), by: RunId.optional().describe('The run that goes on instead') })
    .optional(),
  batch: z
    .union([
      z.object({ items: orRef(z.array(JsonObject)), members: z.array(RunId) }).describe('This run does the work'),
      z.object({ leader: RunId }).describe('That run does the work of this one too'),
    ])
    .optional(),
});
export type GrantFlow = z.infer<typeof GrantFlow>;

/** Flow → run: what do you hold? Answered with an `ask_flow`. */
export const CheckFlow = z.object({ run_id: RunId, flow_id: FlowId, at: EpochMs.optional().describe('When it asked') });
export type CheckFlow = z.infer<typeof CheckFlow>;

/** Timers or sweeper → flow: look, something may be due or owed. */
export const WakeFlow = z.object({ flow_id: FlowId, due: EpochMs.optional() });
export type WakeFlow = z.infer<typeof WakeFlow>;

/** Run → run: the work of the whole batch has ended. */
export const BatchEnded = z.object({
  run_id: RunId,
  leader: RunId,
  outcome: z.union([z.object({ result: ResultValue }), z.object({ error: ErrorReport })]),
});
export type BatchEnded = z.infer<typeof BatchEnded>;

/** The `message_type`s of the platform's own queues, with the schema of each. */
export const MESSAGE_SCHEMAS = {
  task_assignment: TaskAssignment,
  status_update: StatusUpdate,
  start_run: StartRun,
  cancel_run: CancelRun,
  wake_run: WakeRun,
  task_parked: TaskParked,
  deliver_event: DeliverEvent,
  decide_task: DecideTask,
  child_ended: ChildEnded,
  pause_run: PauseRun,
  resume_run: ResumeRun,
  fork_run: ForkRun,
  ask_flow: AskFlow,
  grant_flow: GrantFlow,
  check_flow: CheckFlow,
  wake_flow: WakeFlow,
  batch_ended: BatchEnded,
} as const;
export type MessageType = keyof typeof MESSAGE_SCHEMAS;
