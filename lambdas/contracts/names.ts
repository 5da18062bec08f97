import * as z from 'zod';

/** Who a run, message or body belongs to; part of every key. Lower case, digits, `-` and `_`. */
export const TenantId = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'a tenant is 1-63 of a-z, 0-9, "-", "_"');
export const DEFAULT_TENANT = 'default';

/** `run_` and 40 hexadecimal digits: the hash of tenant and request id. */
export const RunId = z.string().regex(/^run_[0-9a-f]{40}$/, 'a run id is "run_" and 40 hexadecimal digits');

/** Unique in its run. Letters, digits, `_`, `-`, `.`; at most 128. */
export const TaskId = z.string().regex(/^[A-Za-z0-9_.-]{1,128}$/, 'a task id is 1-128 letters, digits, "_", "-", "."');

/** What kind of work a task is; an agent's capability has the same name. */
export const TaskType = z.string().regex(/^[a-z][a-z0-9_.-]{0,127}$/, 'a task type is lower case, like "etl.extract"');

export const AgentName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'an agent is named in kebab-case, 1-40 characters');

/** What a run can wait for, such as "payment_received". */
export const EventName = z.string().regex(/^[a-z][a-z0-9_.-]{0,127}$/, 'an event is named like "payment_received"');

export const WorkflowName = z.string().regex(/^[a-z][a-z0-9_.-]{0,127}$/, 'a workflow is named like "etl.flight-mart"');

/** Times inside messages are milliseconds since 1970-01-01 UTC. */
export const EpochMs = z.number().int().nonnegative();
