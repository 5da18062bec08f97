import type { BlobRef, ResultValue } from '../contracts/blob.ts';
import type { BudgetChange } from '../contracts/budget.ts';
import type { RunEdit } from '../contracts/control.ts';
import type { ErrorReport } from '../contracts/errors.ts';
import type { Gate } from '../contracts/flow-control.ts';
import type { Json, JsonObject } from '../contracts/json.ts';
import type { RunRequest } from '../contracts/messages.ts';
import type { Lane } from '../contracts/priority.ts';
import type { Usage } from '../contracts/usage.ts';
import type { TaskDefinition, WorkflowDefinition } from '../contracts/workflow-definition.ts';

/** A task's place in its run: definition order first, then added tasks in the order they came. */
export type TaskIndex = number;

/** A value, or where it lies: the journal keeps documents over 100 KB in the blob bucket. `digest`: of the value (journal-chain.ts). */
export type Document<T> = { value: T } | { ref: BlobRef; digest?: string };

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
      /** What is decided about, and the digest that an answer must repeat. */
      readonly shows?: ResultValue;
      readonly digest?: string;
      /** When nobody has answered by then: the people asked so far are reminded; somebody else is asked as well. */
      readonly remindAt?: readonly number[];
      readonly second?: { readonly to: string; readonly at: number };
      /** Reminders so far. */
      readonly reminders?: number;
      /** Whoever asked for the run may answer. */
      readonly self?: true;
      /** Set when the task did not ask by itself: all automatic ways are used up. */
      readonly error?: ErrorReport;
      /** Its run was paused for it: resuming the run tries the task again, unless nobody knows what its work has done. */
      readonly pauses?: true;
    }
  | { readonly for: 'run'; readonly runId: string; readonly workflow: string; readonly version: number }
  | { readonly for: 'items' }
  /** The tasks that it has delegated: it goes on when these are over, however they end. */
  | { readonly for: 'tasks' }
  | { readonly for: 'time' }
  | { readonly for: 'agent'; readonly reason: string }
  /** A permit of this flow; `held` of its gates it has passed already. */
  | { readonly for: 'permit'; readonly flow: string; readonly held: number };

/** Task id → what its outside work answered in the run that was forked. */
export type ForkRecords = Readonly<Record<string, ResultValue>>;

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
  /** An attempt has ended with tasks of its own; the next begins when they are over. Counts as no attempt. */
  | {
      type: 'tasks_delegated';
      task: TaskIndex;
      attempt: number;
      agent: string;
      tasks: Document<TaskDefinition[]>;
      contracts?: Contracts;
      usage?: Usage;
    }
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
      /** In a fork: what the other run's work had answered. */
      recorded?: true;
      done: Array<[TaskIndex, attempt: number, durationMs: number, result: ResultValue, usage?: Usage]>;
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
      /** Its work was done: what came of it can't be used. */
      unsure?: true;
      /** It waited at an agent that can't have it now: no fault of the task's. */
      rerouted?: true;
      /** It went silent too often: what it was sent is kept for repair. */
      parked?: true;
      /** What it has used all the same. */
      usage?: Usage;
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
      /** What somebody had asked for: the bus says that nothing came of it. */
      request?: 'pause' | 'resume' | 'edit' | 'fork';
      /** Of that request or answer: refused once, it stays so when its message comes again. */
      requestId?: string;
    }
  /** The run itself must pass these before its first task may begin, one after another. */
  | { type: 'admission_begun'; gates: Gate[]; until?: number }
  /** It has passed one of them, or all: then its deadline is counted from here. `again`: it had been in before. */
  | { type: 'gate_passed'; flow: string }
  | { type: 'run_admitted'; deadline: number; again?: true }
  /** These tasks must pass these gates before each of their attempts, in this order. */
  | { type: 'gates_set'; tasks: TaskIndex[]; gates: Gate[] }
  /** Each waits for one permit. */
  | { type: 'permits_asked'; flow: string; tasks: TaskIndex[] }
  /** So many since the run began. `returned`: so many of them nobody needs any more, and they go back. */
  | { type: 'permits_granted'; flow: string; granted: number; returned?: number }
  /** Each of these has one now. They keep them until their attempt ends. */
  | { type: 'permits_taken'; flow: string; tasks: TaskIndex[] }
  /** The flow lets it in as the one that does the work of a whole batch: its input from here on. */
  | { type: 'batch_led'; items: Document<JsonObject[]>; members: string[] }
  /** The run ends as that one does. */
  | { type: 'batch_joined'; leader: string }
  /** That run had ended before it could lead: this one waits for another batch. */
  | { type: 'batch_left'; leader: string }
  /** `taskToken`: the lifecycle execution that is let go, since nobody knows how long this will last. */
  | {
      type: 'run_paused';
      reason: string;
      by?: string;
      task?: TaskIndex;
      error?: ErrorReport;
      requestId?: string;
      taskToken?: string;
    }
  /** The deadline moves by as long as it stood still. */
  | { type: 'run_resumed'; by: string; deadline: number; requestId?: string }
  /** Its tenant, or everything, was put on hold; or let go. */
  | { type: 'run_held'; reason: string; taskToken?: string }
  | { type: 'run_released'; deadline: number }
  /** A reminder, or the second person is asked as well. */
  | { type: 'decision_reminded'; task: TaskIndex; reminder: number; to?: string }
  | {
      type: 'run_edited';
      requestId: string;
      by: string;
      reason: string;
      edit: Document<RunEdit>;
      definition?: Document<WorkflowDefinition>;
      /** What the definition bounds otherwise than the one before. */
      budgets?: BudgetChange[];
      /** Of task types that come with the definition. */
      contracts?: Contracts;
    }
  /** A run that had failed goes on: its tasks that were not done begin again. */
  | { type: 'run_reopened'; requestId: string; by: string; deadline: number }
  /** The first event of a fork: the state of another run after its entry `at`, and what its outside work had answered. */
  | {
      type: 'run_forked';
      from: string;
      at: number;
      request: RunRequest;
      state: Document<Json>;
      records: Document<ForkRecords>;
      effects: 'recorded' | 'allowed';
      deadline: number;
    }
  /** A cancel that came before the start: the run will end as soon as it begins. Of one that came too late, only the id counts. */
  | { type: 'cancel_requested'; reason: string; by: string; requestId?: string }
  /** The run can't complete any more; work in flight is awaited, then what was done is undone. */
  | {
      type: 'compensation_begun';
      outcome: { failed: ErrorReport; task?: TaskIndex } | { cancelled: string; by: string };
      deadline: number;
      /** Of the cancel that began it. */
      requestId?: string;
    }
  /** The tasks to undo, in the order in which they will be. */
  | { type: 'undo_planned'; tasks: TaskIndex[] }
  /** `result`: of the batch whose work another run did. */
  | { type: 'run_completed'; result?: ResultValue }
  | { type: 'run_failed'; task?: TaskIndex; error: ErrorReport }
  | { type: 'run_cancelled'; reason: string; by: string; requestId?: string };
