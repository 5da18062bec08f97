import * as z from 'zod';
import { BehaviourAlert } from './behaviour.ts';
import { ALL_TENANTS, Hold, RunEdit } from './control.ts';
import { Coordination } from './coordination.ts';
import { ErrorReport } from './errors.ts';
import { FlowId } from './flow-control.ts';
import { AgentHealth, AgentState } from './health.ts';
import { Json, JsonObject } from './json.ts';
import { AgentStats } from './messages.ts';
import { AgentName, EventName, RunId, TaskId, TaskType, TenantId, WorkflowName } from './names.ts';
import { OcsfEvent } from './ocsf.ts';
import { PriorityLevel } from './priority.ts';
import { SecurityEvent } from './security-events.ts';
import { Usage } from './usage.ts';

export { API_SOURCE, agentSource, PLATFORM_SOURCE, REPLAY_SOURCE } from './bus-sources.ts';

/** What every event of a run says first. */
const runFields = {
  workflow_id: RunId,
  workflow: WorkflowName,
  tenant: TenantId,
  correlation_id: z.string(),
  request_id: z.string(),
};
const at = z.iso.datetime();
/** What every request of a person says. */
const asked = {
  reason: z.string().max(1_000).default(''),
  requested_by: z.string().min(1).max(128),
};
/** A tenant, or all of them. */
const scope = z.union([TenantId, z.literal(ALL_TENANTS)]);

/** A task whose result stands in for the real one, or is missing. */
export const Degraded = z.object({
  task_id: TaskId,
  how: z.enum(['missing', 'fallback', 'cached', 'person', 'partial']).describe('What its result is'),
  error: ErrorReport.optional(),
});
export type Degraded = z.infer<typeof Degraded>;

const Compensation = z.object({
  undone: z.array(TaskId),
  failed: z
    .array(z.object({ task_id: TaskId, error: ErrorReport }))
    .describe('What could not be taken back: repair it by hand'),
});
export type Compensation = z.infer<typeof Compensation>;

/**
 * The events on the bus: `detail-type` → schema of `detail`. Names are the seed documents' own.
 * The one source of types, validation and docs.
 */
export const BUS_EVENTS = {
  /** Client → platform: please run this workflow. */
  workflow_requested: z.object({
    workflow: WorkflowName,
    input: JsonObject.default({}),
    request_id: z.string().min(1).max(128).optional().describe('Same id, same run; default: the event id'),
    tenant: TenantId.optional(),
    priority: z.union([PriorityLevel, z.enum(['low', 'normal', 'medium', 'high', 'critical'])]).optional(),
    version: z.number().int().positive().optional().describe('Of the definition; default: the latest'),
    correlation_id: z.string().min(1).max(128).optional(),
    definition: Json.optional().describe('An ad-hoc definition instead of a registered one'),
    requested_by: z.string().max(128).optional(),
  }),
  /** Client → platform: stop this run. */
  workflow_cancel_requested: z.object({
    workflow_id: RunId,
    reason: z.string().max(1_000).default(''),
    requested_by: z.string().max(128).optional(),
  }),
  /** Anybody → run: something that a task waits for, or will wait for. It is kept until then, even before the run exists. */
  workflow_event: z.object({
    workflow_id: RunId.optional().describe('The run; or name its request'),
    request_id: z.string().min(1).max(128).optional().describe('Of the run that is meant, which may not exist yet'),
    tenant: TenantId.optional(),
    event: EventName,
    key: z.string().max(1_000).optional().describe('Which of several waits is meant, such as an order number'),
    payload: Json.default(null),
    event_id: z.string().min(1).max(128).optional().describe('Same id, counted once; default: the id of the bus event'),
  }),
  /** Person → platform: the answer to a `decision_requested`. */
  decision_made: z.object({
    workflow_id: RunId,
    task_id: TaskId,
    decision: z.string().min(1).max(64).describe('One of the options'),
    decision_id: z.string().max(160).optional().describe('Of the request; default: the one that is open'),
    comment: z.string().max(2_000).optional(),
    value: Json.optional().describe('For "complete": what the task answers'),
    digest: z
      .string()
      .max(64)
      .optional()
      .describe('Of what was shown, as the request gave it: required where something was shown'),
    decided_by: z.string().min(1).max(128),
  }),
  /** Person → run: begin no more tasks; what is under way goes on, and the deadline stands still. */
  workflow_pause_requested: z.object({ workflow_id: RunId, ...asked }),
  /**
   * Person → run: go on, with changes if any are named. A run that has failed goes on as well: finished tasks are kept,
   * the others begin again.
   */
  workflow_resume_requested: z.object({
    workflow_id: RunId,
    edit: RunEdit.optional(),
    stay_paused: z.boolean().optional().describe('Only make the changes'),
    ...asked,
  }),
  /** Person → platform: a new run that begins where another stood after its journal entry `at`. */
  workflow_fork_requested: z.object({
    workflow_id: RunId,
    at: z.number().int().nonnegative().optional().describe('Number of a journal entry; default: the last'),
    request_id: z.string().min(1).max(128).optional().describe('Of the new run; default: the event id'),
    edit: RunEdit.optional(),
    effects: z
      .enum(['recorded', 'allowed'])
      .default('recorded')
      .describe('Work with outside effects is answered from the record of the first run, or really done'),
    ...asked,
  }),
  /** Person → platform: hold, drain or let go of a tenant's runs, or of all. */
  hold_requested: z.object({ scope, action: z.enum(['pause', 'drain', 'resume', 'cancel']), ...asked }),
  /** Person → platform: set an agent's parameters without a deploy. */
  agent_parameters_requested: z.object({
    agent: AgentName,
    values: JsonObject.optional().describe('Set beside those that are set; null takes one back'),
    version: z
      .number()
      .int()
      .nonnegative()
      .optional()
      .describe('Go back to what this version said; 0: to the defaults'),
    ...asked,
  }),
  /** Operator → monitor: take an agent out of the pool, or put it back. */
  agent_state_requested: z.object({
    agent: AgentName,
    state: z.enum(['ready', 'draining', 'maintenance', 'quarantined']),
    reason: z.string().max(500).default(''),
    requested_by: z.string().min(1).max(128),
  }),
  workflow_rejected: z.object({
    request_id: z.string(),
    tenant: z.string(),
    workflow: z.string(),
    correlation_id: z.string(),
    code: z.string(),
    field: z.string().describe('Where the fault is, such as "input.sources.0.table"'),
    reason: z.string(),
  }),
  /** A request about a run, a tenant or an agent that changed nothing. */
  request_refused: z.object({
    request: z.enum(['pause', 'resume', 'edit', 'fork', 'hold', 'parameters']),
    workflow_id: RunId.optional(),
    about: z.string().max(128).optional().describe('The tenant or agent'),
    at,
    code: z.string(),
    reason: z.string(),
    requested_by: z.string(),
  }),
  /** A run must wait to get in. */
  workflow_queued: z.object({
    ...runFields,
    at,
    flow_id: FlowId,
    limit: z.string().describe('What it waits for'),
    key: z.string(),
    reason: z.string(),
  }),
  workflow_started: z.object({ ...runFields, at, tasks: z.number().int() }),
  /** No further task begins until somebody resumes it. */
  workflow_paused: z.object({
    ...runFields,
    at,
    reason: z.string(),
    paused_by: z.string().optional().describe('None: it has used up its retries'),
    task_id: TaskId.optional(),
    error: ErrorReport.optional(),
  }),
  workflow_resumed: z.object({ ...runFields, at, resumed_by: z.string(), edited: z.boolean() }),
  workflow_completed: z.object({
    ...runFields,
    at,
    duration_ms: z.number(),
    result: Json,
    usage: Usage.optional().describe('Of models and tools, by all its tasks and the runs inside it'),
    degraded: z.array(Degraded).optional().describe('Tasks whose part of the result is missing or stands in'),
  }),
  /** A run that failed or was cancelled takes back what its tasks did; its end follows. */
  workflow_compensating: z.object({ ...runFields, at, tasks: z.number().int(), reason: z.string() }),
  workflow_failed: z.object({
    ...runFields,
    at,
    duration_ms: z.number(),
    task_id: z.string().optional(),
    error: ErrorReport,
    usage: Usage.optional(),
    compensation: Compensation.optional(),
  }),
  workflow_cancelled: z.object({
    ...runFields,
    at,
    duration_ms: z.number(),
    reason: z.string(),
    usage: Usage.optional(),
    compensation: Compensation.optional(),
  }),
  /** Platform → people: a task waits for an answer. */
  decision_requested: z.object({
    ...runFields,
    at,
    task_id: TaskId,
    decision_id: z.string(),
    question: z.string(),
    options: z.array(z.string()),
    to: z.string().optional(),
    shows: Json.optional().describe('What is decided about, when it is small'),
    digest: z.string().optional().describe('Of question, options and what is shown: the answer must repeat it'),
    reminder: z.number().int().positive().optional().describe('The how manieth'),
    error: ErrorReport.optional().describe('Why a person is asked, when the task did not say so itself'),
    expires_at: z.iso.datetime().optional(),
  }),
  /** An answer that counted for nothing: late, double, or none of the options. */
  decision_refused: z.object({
    ...runFields,
    at,
    task_id: z.string(),
    decision: z.string(),
    decided_by: z.string(),
    reason: z.string(),
  }),
  task_degraded: z.object({ ...runFields, at, ...Degraded.shape }),
  task_completed: z.object({
    ...runFields,
    at,
    task_id: TaskId,
    task_type: TaskType,
    agent: AgentName.optional().describe('None for tasks that the platform does itself'),
    attempt: z.number().int(),
    duration_ms: z.number(),
    usage: Usage.optional().describe('Of models and tools, by all its attempts'),
  }),
  task_progress: z.object({
    workflow_id: RunId,
    tenant: TenantId,
    task_id: TaskId,
    agent: AgentName,
    attempt: z.number().int(),
    at,
    progress: z.number().min(0).max(1),
    current_step: z.string().max(500),
    partial_result: Json.optional().describe('What is there already, up to 16 KB'),
  }),
  agent_failure: z.object({
    ...runFields,
    at,
    task_id: TaskId,
    task_type: TaskType,
    agent: AgentName.optional().describe('None for tasks that the platform does itself'),
    attempt: z.number().int(),
    error: ErrorReport,
    will_retry: z.boolean(),
  }),
  /** Agent → monitor: still at work on these; for work that takes longer than some seconds. */
  task_heartbeat: z.object({
    agent: AgentName,
    at,
    tasks: z
      .array(z.object({ workflow_id: RunId, task_id: TaskId, attempt: z.number().int().positive() }))
      .min(1)
      .max(100),
  }),
  /** An agent's state or its issues have changed. */
  agent_health: AgentHealth.omit({ since: true, waiting_since: true, probed_at: true }).extend({
    at,
    previous_state: AgentState.optional(),
  }),
  hold_changed: z.object({ scope, at, hold: Hold.optional().describe('None: it was let go') }),
  agent_parameters_changed: z.object({
    agent: AgentName,
    at,
    version: z.number().int(),
    names: z.array(z.string()).describe('Of the parameters that are set now'),
    set_by: z.string(),
  }),
  breaker_changed: z.object({
    agent: AgentName,
    at,
    state: z.enum(['open', 'closed']),
    open_until: at.optional(),
    failures: z.number().int(),
  }),
  agent_status: z.object({ agent: AgentName, version: z.string(), at, stats: AgentStats }),
  resource_threshold: z.object({
    agent: AgentName,
    at,
    resource: z.enum(['queue_depth', 'error_rate', 'avg_processing_time']),
    value: z.number(),
    threshold: z.number(),
  }),
  message_parked: z.object({
    queue: z.string(),
    at,
    message_id: z.string(),
    message_type: z.string(),
    reason: z.string(),
    parked_id: z.string(),
  }),
  /** Audit → SIEM: something that may matter for security, in OCSF. */
  security_event: OcsfEvent,
  /** Agent → monitor: it was told something that nobody may have told it. Whom it accuses is not asked. */
  security_noticed: SecurityEvent.omit({ agent: true, sub: true }).extend({
    kind: z.enum([
      ...(['message_signature_refused', 'message_replayed'] as const),
      ...(['message_decryption_refused', 'sender_mismatch'] as const),
    ]),
    noticed_by: AgentName,
  }),
  /** UEBA → people: somebody behaves as they never do, and what about it is new. */
  behaviour_alert: BehaviourAlert,
  /** Agent → everybody concerned, as in the seed documents. */
  coordination: Coordination,
} as const;

export type BusEventName = keyof typeof BUS_EVENTS;
export type BusEventDetail<N extends BusEventName> = z.infer<(typeof BUS_EVENTS)[N]>;
/** One event to publish: `detail-type` and `detail`. */
export type BusEvent = { [N in BusEventName]: { name: N; detail: BusEventDetail<N> } }[BusEventName];

/** What platform Lambdas take from the bus. */
export const BUS_READERS = {
  intake: [
    'workflow_requested',
    'workflow_cancel_requested',
    'workflow_event',
    'decision_made',
    'workflow_pause_requested',
    'workflow_resume_requested',
    'workflow_fork_requested',
    'hold_requested',
  ],
  monitor: [
    'coordination',
    'agent_status',
    'task_progress',
    'task_heartbeat',
    'security_noticed',
    'agent_state_requested',
    'agent_parameters_requested',
  ],
} as const satisfies Record<string, readonly BusEventName[]>;
