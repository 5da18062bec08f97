import * as z from 'zod';
import { ErrorReport } from './errors.ts';
import { AgentHealth, AgentState } from './health.ts';
import { Json, JsonObject } from './json.ts';
import { AgentStats } from './messages.ts';
import { AgentName, EventName, RunId, TaskId, TaskType, TenantId, WorkflowName } from './names.ts';
import { PriorityLevel } from './priority.ts';

/** What every event of a run says first. */
const runFields = {
  workflow_id: RunId,
  workflow: WorkflowName,
  tenant: TenantId,
  correlation_id: z.string(),
  request_id: z.string(),
};
const at = z.iso.datetime();

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
    decided_by: z.string().min(1).max(128),
  }),
  /** Operator → monitor: take an agent out of the pool, or put it back. */
  agent_state_requested: z.object({
    agent: AgentName,
    state: z.enum(['ready', 'maintenance', 'quarantined']),
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
  workflow_started: z.object({ ...runFields, at, tasks: z.number().int() }),
  workflow_completed: z.object({
    ...runFields,
    at,
    duration_ms: z.number(),
    result: Json,
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
    compensation: Compensation.optional(),
  }),
  workflow_cancelled: z.object({
    ...runFields,
    at,
    duration_ms: z.number(),
    reason: z.string(),
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
  /** Agent → everybody concerned, as in the seed documents. */
  coordination: z.object({
    coordination_type: z.string().max(64).describe('Such as "workflow_start"'),
    workflow_id: RunId,
    tenant: TenantId,
    participants: z.array(AgentName),
    broadcast: z.boolean(),
    details: JsonObject.optional(),
  }),
} as const;

export type BusEventName = keyof typeof BUS_EVENTS;
export type BusEventDetail<N extends BusEventName> = z.infer<(typeof BUS_EVENTS)[N]>;
/** One event to publish: `detail-type` and `detail`. */
export type BusEvent = { [N in BusEventName]: { name: N; detail: BusEventDetail<N> } }[BusEventName];

/** The `source` under which the platform itself speaks; an agent speaks as `muster.agent.<name>`. */
export const PLATFORM_SOURCE = 'muster.platform';
export const agentSource = (agent: string): string => `muster.agent.${agent}`;
