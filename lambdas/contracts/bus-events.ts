import * as z from 'zod';
import { ErrorReport } from './errors.ts';
import { Json, JsonObject } from './json.ts';
import { AgentStats } from './messages.ts';
import { AgentName, RunId, TaskId, TaskType, TenantId, WorkflowName } from './names.ts';
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
    definition: z.json().optional().describe('An ad-hoc definition instead of a registered one'),
    requested_by: z.string().max(128).optional(),
  }),
  /** Client → platform: stop this run. */
  workflow_cancel_requested: z.object({
    workflow_id: RunId,
    reason: z.string().max(1_000).default(''),
    requested_by: z.string().max(128).optional(),
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
  workflow_completed: z.object({ ...runFields, at, duration_ms: z.number(), result: Json }),
  workflow_failed: z.object({
    ...runFields,
    at,
    duration_ms: z.number(),
    task_id: z.string().optional(),
    error: ErrorReport,
  }),
  workflow_cancelled: z.object({ ...runFields, at, duration_ms: z.number(), reason: z.string() }),
  task_completed: z.object({
    ...runFields,
    at,
    task_id: TaskId,
    task_type: TaskType,
    agent: AgentName,
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
    agent: AgentName,
    attempt: z.number().int(),
    error: ErrorReport,
    will_retry: z.boolean(),
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
