import * as z from 'zod';
import { Json, JsonObject } from './json.ts';
import { AgentName, EpochMs, TaskId } from './names.ts';
import { RetryPolicy } from './retry-policy.ts';

/** Everything at once, where a tenant could be named. */
export const ALL_TENANTS = '*';

/**
 * What holds a tenant, or everything. `pause`: no run begins another task, new runs wait. `drain`: runs under way finish,
 * new ones are refused.
 */
export const Hold = z.object({
  action: z.enum(['pause', 'drain']),
  by: z.string().max(128),
  reason: z.string().max(1_000),
  at: EpochMs,
});
export type Hold = z.infer<typeof Hold>;

/** What holds a tenant in this way: its own hold, or that of all. */
export function holdOf(holds: ReadonlyMap<string, Hold>, tenant: string, action: Hold['action']): Hold | undefined {
  return [holds.get(tenant), holds.get(ALL_TENANTS)].find((hold) => hold?.action === action);
}

/**
 * What stops agents at work before their next call of a model or a tool: a paused tenant or run, an agent that a person took
 * out of the pool, a run that has ended. Work without such calls is not stopped: it is soon over.
 */
export const Stop = z.object({
  by: z.string().max(128),
  reason: z.string().max(1_000),
  ended: z.literal(true).optional().describe('The run is over: only what takes back its work goes on'),
});
export type Stop = z.infer<typeof Stop>;

/** What a person changes of one task before the run goes on. */
export const TaskEdit = z
  .strictObject({
    input: Json.optional().describe('Instead of the one defined; may hold expressions'),
    agent: AgentName.optional().describe('Only this agent from now on'),
    timeoutSeconds: z.number().positive().max(31_536_000).optional(),
    retry: RetryPolicy.optional(),
    anew: z
      .literal(true)
      .optional()
      .describe('As it is, but without what it remembers and has delegated; any other change has the same effect'),
  })
  .refine((edit) => Object.keys(edit).length > 0, {
    error: 'say what to change: input, agent, timeoutSeconds, retry or anew',
  });
export type TaskEdit = z.infer<typeof TaskEdit>;

/** What a person changes of a run; finished tasks are kept. */
export const RunEdit = z.strictObject({
  tasks: z.record(TaskId, TaskEdit).optional(),
  input: JsonObject.optional().describe("Instead of the run's input, for tasks that have not begun"),
  version: z.number().int().positive().optional().describe('Of the definition: what has not finished is taken from it'),
  parameters: z
    .record(AgentName, JsonObject)
    .optional()
    .describe('Parameters of agents, such as their model, for this run only'),
});
export type RunEdit = z.infer<typeof RunEdit>;

/** Parameters of an agent that were set at run time: a version, its values and who wrote it. */
export const AgentParameters = z.object({
  version: z.number().int().positive(),
  values: JsonObject,
  set_by: z.string().max(128),
  reason: z.string().max(1_000),
  at: EpochMs,
  request_id: z.string().max(128).optional().describe('Of the event that asked for it: it counts once'),
});
export type AgentParameters = z.infer<typeof AgentParameters>;
