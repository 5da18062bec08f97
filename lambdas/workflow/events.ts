import type { BlobRef, ResultValue } from '../contracts/blob.ts';
import type { ErrorReport } from '../contracts/errors.ts';
import type { JsonObject } from '../contracts/json.ts';
import type { RunRequest } from '../contracts/messages.ts';
import type { Lane } from '../contracts/priority.ts';
import type { TaskDefinition, WorkflowDefinition } from '../contracts/workflow-definition.ts';

/** A task's place in its run: definition order first, then added tasks in the order they came. */
export type TaskIndex = number;

/** A value, or where it lies: the journal keeps documents over 100 KB in the blob bucket. */
export type Document<T> = { value: T } | { ref: BlobRef };

/**
 * What has happened in a run, past tense. The journal is a list of these; state is nothing but their fold.
 * One event may speak for many tasks, because turns are batches and journal bytes cost money.
 */
export type RunEvent =
  | {
      type: 'run_started';
      request: RunRequest;
      definition: Document<WorkflowDefinition>;
      input: Document<JsonObject>;
      deadline: number;
      taskToken?: string;
    }
  | { type: 'token_replaced'; taskToken: string }
  | { type: 'tasks_added'; by: TaskIndex; tasks: Document<TaskDefinition[]> }
  | {
      type: 'tasks_dispatched';
      agent: string;
      lane: Lane;
      attempt: number;
      notAfter: number;
      tasks: TaskIndex[];
      why: string;
    }
  | {
      type: 'tasks_completed';
      agent: string;
      done: Array<[TaskIndex, attempt: number, durationMs: number, result: ResultValue]>;
    }
  | { type: 'attempt_failed'; task: TaskIndex; attempt: number; agent: string; error: ErrorReport; willRetry: boolean }
  | { type: 'retry_scheduled'; task: TaskIndex; attempt: number; at: number }
  | { type: 'retry_due'; tasks: TaskIndex[] }
  | { type: 'task_failed'; task: TaskIndex; error: ErrorReport }
  | { type: 'timer_armed'; at: number }
  | { type: 'timer_fired' }
  | { type: 'message_refused'; messageId: string; code: string; reason: string }
  /** A cancel that came before the start: the run will end as soon as it begins. */
  | { type: 'cancel_requested'; reason: string; by: string }
  | { type: 'run_completed' }
  | { type: 'run_failed'; task?: TaskIndex; error: ErrorReport }
  | { type: 'run_cancelled'; reason: string; by: string };
