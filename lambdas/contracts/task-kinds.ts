import * as z from 'zod';
import { Json } from './json.ts';
import { AgentName, EventName, TaskId, TaskType, WorkflowName } from './names.ts';
import { RetryPolicy } from './retry-policy.ts';

/** JSONata between `{%` and `%}`, as in Step Functions. */
export const Expression = z
  .string()
  .max(10_000)
  .regex(/^\{%[\s\S]+%\}$/, 'an expression is written "{% … %}"');

/** How one of several capable agents is chosen. */
export const SelectionStrategy = z.enum(['score', 'round_robin', 'least_loaded', 'response_time', 'weighted']);
export type SelectionStrategy = z.infer<typeof SelectionStrategy>;

/** When every automatic way is used up: a person is asked, the whole run pauses until one resumes it, or the task fails. */
export const Escalation = z.enum(['person', 'pause', 'fail']);
export type Escalation = z.infer<typeof Escalation>;

/** Another registered workflow as one task: its result is the task's. */
export const SubWorkflow = z.strictObject({
  name: WorkflowName,
  version: z.number().int().positive().optional().describe('Default: the latest when the task begins'),
});

/** A task that waits for an event sent to this run; one that came before the task began counts. */
export const WaitFor = z.strictObject({
  event: EventName,
  key: z.string().min(1).max(1_000).optional().describe('Only events with this key; may be an expression'),
});

/** A task that does nothing for a while. Its result is null. Exactly one of the two. */
export const Sleep = z.strictObject({
  seconds: z.number().positive().max(31_536_000).optional(),
  until: z.iso.datetime().optional().describe('A time that has passed is over at once'),
});

/** A task that a person answers: its result is `{decision, comment, decided_by}`. Silence is never an answer. */
export const Ask = z.strictObject({
  question: z.string().min(1).max(2_000).describe('May be an expression'),
  options: z.array(z.string().min(1).max(64)).min(1).max(20).optional().describe('Default: approve, reject'),
  to: z.string().max(256).optional().describe('Who should answer, for whoever routes the request'),
  shows: Json.optional().describe(
    'What is decided about; may hold expressions. An answer counts only with the digest of exactly this',
  ),
  remindAfterSeconds: z.array(z.number().positive().max(31_536_000)).max(10).optional(),
  second: z
    .strictObject({ to: z.string().min(1).max(256), afterSeconds: z.number().positive().max(31_536_000) })
    .optional()
    .describe('Who is asked as well when nobody has answered after so long'),
  self: z.boolean().optional().describe('Whoever asked for the run may answer; default: somebody else must'),
});
export const DEFAULT_OPTIONS = ['approve', 'reject'] as const;

/** A vote over the results of the tasks it depends on; its result is `{decision, votes, weights, for, against}`. */
export const Consensus = z.strictObject({
  vote: Expression.optional().describe(
    'What of a participant\'s $result is its vote; default: its "vote", else all of it',
  ),
  quorum: z.number().int().positive().optional().describe('Fewer votes than this fail the task; default: all of them'),
  threshold: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('Share of the weight given that the winner must exceed; default 0.5. 0: the most votes win'),
  weights: z.record(TaskId, z.number().nonnegative()).optional().describe('By participant; default 1'),
  tie: z
    .enum(['fail', 'first', 'person'])
    .optional()
    .describe('Equal weights: fail (default), the vote that came first in definition order, or ask a person'),
});
export type Consensus = z.infer<typeof Consensus>;

/** Makes one task per item; expressions see `$item` and `$index`. The task's result is the list of theirs. */
export const ForEach = z.strictObject({
  items: z.union([Expression, z.array(Json).max(20_000)]),
  limit: z.number().int().positive().optional().describe('At most so many at once; default: all'),
  tolerate: z.number().int().nonnegative().optional().describe('So many may fail, and their place in the list is null'),
});

/** What takes a completed task back when the run fails or is cancelled. `$result` is what the task had answered. */
export const Undo = z.strictObject({
  type: TaskType,
  input: Json.optional(),
  agent: AgentName.optional(),
  retry: RetryPolicy.optional(),
  timeoutSeconds: z.number().positive().max(604_800).optional(),
});

/** What stands in for a task that failed for good; its result is marked as degraded. Exactly one of the three. */
export const Fallback = z.strictObject({
  type: TaskType.optional().describe('Work of another type, by any agent that can do it'),
  input: Json.optional().describe("For `type`; default: the task's own input"),
  value: Json.optional().describe('A fixed value; may hold expressions'),
  cachedSeconds: z
    .number()
    .positive()
    .max(31_536_000)
    .optional()
    .describe('The last good result, if not older than this'),
});

/** What a participant may see; what is not named stays hidden from it and from its expressions. */
export const Sees = z.strictObject({
  input: z
    .array(z.string().max(128))
    .max(1_000)
    .optional()
    .describe("Top-level fields of the run's input; default: all"),
  results: z.array(TaskId).max(1_000).optional().describe('Of the tasks it depends on; default: all of them'),
});

/** Tasks that belong together: others may depend on the whole group, whose members may still grow. */
export const TaskGroup = z.strictObject({
  limit: z.number().int().positive().optional().describe('At most so many of its tasks at once'),
  tolerate: z.number().int().nonnegative().optional().describe('So many of its tasks may fail without failing the run'),
});
export type TaskGroup = z.infer<typeof TaskGroup>;
