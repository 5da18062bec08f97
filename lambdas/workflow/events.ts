import type { BlobRef, ResultValue } from '../contracts/blob.ts';
import type { ErrorReport } from '../contracts/errors.ts';
import type { Json, JsonObject } from '../contracts/json.ts';
import type { RunRequest } from '../contracts/messages.ts';
import type { Lane } from '../contracts/priority.ts';
import type { TaskDefinition, WorkflowDefinition } from '../contracts/workflow-definition.ts';

/** A task's place in its run: definition order first, then added tasks in the order they came. */
export type TaskIndex = number;

/** A value, or where it lies: the journal keeps documents over 100 KB in the blob bucket. */
export type Document<T> = { value: T } | { ref: BlobRef };

/** Task type → major version of the contract that this run was begun with (rule 15). */
export type Contracts = Readonly<Record<string, number>>;

/** What a suspended task waits for. */
export type Suspension =
  | { readonly for: 'event'; readonly event: string; readonly key?: string }
  | {
      readonly for: 'decision';
      readonly id: string;
      readonly question: string;
      readonly options: readonly string[];
      readonly to?: string;
      /** Set when the task did not ask by itself: all automatic ways are used up. */
      readonly error?: ErrorReport;
    }
  | { readonly for: 'run'; readonly runId: string; readonly workflow: string; readonly version: number }
  | { readonly for: 'items' }
  | { readonly for: 'agent'; readonly reason: string };

/** Where the next attempt goes: the same agent again, another if there is one, or one that has not had the task yet. */
export type Route = 'same' | 'backup' | 'alternative';

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
      /** Absent in journals of the first engine: any version will do. */
      contracts?: Contracts;
    }
  | { type: 'token_replaced'; taskToken: string }
  | { type: 'tasks_added'; by: TaskIndex; tasks: Document<TaskDefinition[]>; contracts?: Contracts }
  | {
      type: 'tasks_dispatched';
      agent: string;
      lane: Lane;
      attempt: number;
      notAfter: number;
      tasks: TaskIndex[];
      why: string;
      /** The one task that finds out whether the agent's breaker may close. */
      probe?: true;
    }
  /** Without `agent`: done by the coordinator itself, a sub-workflow, an event or a person. */
  | {
      type: 'tasks_completed';
      agent?: string;
      done: Array<[TaskIndex, attempt: number, durationMs: number, result: ResultValue]>;
    }
  | {
      type: 'attempt_failed';
      task: TaskIndex;
      attempt: number;
      agent?: string;
      error: ErrorReport;
      willRetry: boolean;
      /** Nobody reported it: the time was over or the signs of life had stopped. */
      silent?: true;
      /** It waited at an agent that can't have it now: no fault of the task's. */
      rerouted?: true;
      /** It went silent too often: what it was sent is kept for repair. */
      parked?: true;
    }
  | { type: 'retry_scheduled'; task: TaskIndex; attempt: number; at: number; route?: Route }
  | { type: 'retry_due'; tasks: TaskIndex[] }
  /** `tolerated`: the run goes on without it. */
  | { type: 'task_failed'; task: TaskIndex; error: ErrorReport; tolerated?: true }
  | { type: 'tasks_skipped'; tasks: TaskIndex[] }
  /** A task for each item: from now on it waits for its own tasks. */
  | { type: 'items_expanded'; task: TaskIndex; items: Document<Json[]> }
  /** `at`: when the wait is over by itself. Counts as an attempt where the wait is the task's work. */
  | { type: 'task_suspended'; task: TaskIndex; attempt: number; on: Suspension; until?: number }
  /** No agent can have them now: they are looked at again at `until`. */
  | { type: 'tasks_held'; tasks: TaskIndex[]; reason: string; until: number }
  | { type: 'tasks_resumed'; tasks: TaskIndex[] }
  /** What failed is done by its fallback from here on. */
  | { type: 'fallback_chosen'; task: TaskIndex; error: ErrorReport }
  | { type: 'event_received'; id: string; event: string; key?: string; payload: ResultValue }
  | { type: 'event_taken'; task: TaskIndex; id: string }
  | {
      type: 'decision_taken';
      task: TaskIndex;
      id: string;
      decision: string;
      by: string;
      comment?: string;
      /** Of the bus event that brought it. */
      eventId?: string;
    }
  | { type: 'timer_armed'; at: number }
  | { type: 'timer_fired' }
  | {
      type: 'message_refused';
      messageId: string;
      code: string;
      reason: string;
      task?: string;
      decision?: string;
      by?: string;
    }
  /** A cancel that came before the start: the run will end as soon as it begins. */
  | { type: 'cancel_requested'; reason: string; by: string }
  /** The run can't complete any more; work in flight is awaited, then what was done is undone. */
  | {
      type: 'compensation_begun';
      outcome: { failed: ErrorReport; task?: TaskIndex } | { cancelled: string; by: string };
      deadline: number;
    }
  /** The tasks to undo, in the order in which they will be. */
  | { type: 'undo_planned'; tasks: TaskIndex[] }
  | { type: 'run_completed' }
  | { type: 'run_failed'; task?: TaskIndex; error: ErrorReport }
  | { type: 'run_cancelled'; reason: string; by: string };
