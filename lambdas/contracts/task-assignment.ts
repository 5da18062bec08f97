import * as z from 'zod';
import { BlobRef, ResultValue, UpstreamValue } from './blob.ts';
import { BudgetRef } from './budget.ts';
import { ErrorReport } from './errors.ts';
import { Json, JsonObject } from './json.ts';
import { MemoryPass } from './memory-pass.ts';
import { EpochMs, RunId, TaskId, TaskType } from './names.ts';
import { PriorityLevel } from './priority.ts';

/* Apart from the other messages: agents get no others, and bring only what they need. */

/** What became of a task that another task had delegated. */
export const Answer = z.union([z.object({ result: ResultValue }), z.object({ error: ErrorReport })]);
export type Answer = z.infer<typeof Answer>;

/** Runs whose record a fork of a fork of … can answer from. */
export const MOST_FORKS = 20;

/** Coordinator → agent inbox. The attempt and its `not_after` are in the header. */
export const TaskAssignment = z.object({
  run_id: RunId,
  task: z.object({
    task_id: TaskId,
    task_type: TaskType,
    description: z.string().default(''),
    inputs: Json,
    priority: PriorityLevel,
    deadline: z.number().describe('Epoch seconds, as in the seed documents'),
  }),
  upstream: z.record(TaskId, UpstreamValue).optional().describe('Results of the tasks this one depends on'),
  upstream_ref: BlobRef.optional().describe('The same record as a blob, when there are more than 100'),
  parameters: JsonObject.optional().describe("What was set at run time of the agent's parameters"),
  epoch: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('So often the task has begun anew: its earlier steps are void'),
  answers: z
    .record(TaskId, Answer)
    .optional()
    .describe('What became of the tasks that it has delegated so far, by the part of their ids after ".."'),
  answers_ref: BlobRef.optional().describe('The same record as a blob, when it is large'),
  run_deadline: EpochMs.optional().describe('Of its run, when that is weeks away: so long its steps are remembered'),
  budgets: z.array(BudgetRef).optional().describe('All that this work counts against, the outermost first'),
  recorded_in: z
    .array(RunId)
    .max(MOST_FORKS)
    .optional()
    .describe('Its run is a fork without effects outside: these runs, the latest first, have them on record'),
  memory_pass: MemoryPass.optional().describe('For an agent that has memories: what it is let in with'),
});
export type TaskAssignment = z.infer<typeof TaskAssignment>;
