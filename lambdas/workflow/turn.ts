import type { ResultValue } from '../contracts/blob.ts';
import type { BreakerState } from '../contracts/breaker.ts';
import type { ErrorReport } from '../contracts/errors.ts';
import type { Gate } from '../contracts/flow-control.ts';
import type { Json, JsonObject } from '../contracts/json.ts';
import type {
  BatchEnded,
  CancelRun,
  CheckFlow,
  ChildEnded,
  DecideTask,
  DeliverEvent,
  ForkRun,
  GrantFlow,
  PauseRun,
  ResumeRun,
  StartRun,
  StatusUpdate,
  TaskParked,
} from '../contracts/messages.ts';
import type { RegisteredAgent } from '../contracts/registry.ts';
import type { WorkflowDefinition } from '../contracts/workflow-definition.ts';
import type { Draft } from './draft.ts';
import type { ForkRecords, RunEvent, TaskIndex } from './events.ts';
import type { Heard } from './journal.ts';
import { wantsGates } from './permits.ts';
import type { Selector } from './select.ts';
import type { RunState, TaskState } from './state.ts';

/** What a turn works on: messages about one run, opened, in the order they came. `heard`: as the audit names the message. */
export type TurnInput = { readonly heard?: Heard } & OpenedMessage;

type OpenedMessage =
  | {
      type: 'start_run';
      payload: Omit<StartRun, 'definition' | 'input'> & { definition: WorkflowDefinition; input: JsonObject };
    }
  | { type: 'status_update'; messageId: string; sender: string; payload: StatusUpdate }
  | { type: 'cancel_run'; payload: CancelRun }
  /** `due`: when the timer was to fire; none: somebody else wants the run to be looked at. */
  | { type: 'wake_run'; due?: number }
  | { type: 'task_parked'; payload: TaskParked }
  | { type: 'deliver_event'; messageId: string; payload: DeliverEvent }
  | {
      type: 'decide_task';
      messageId: string;
      /** `answer`: what a task that asked answers, where that is too large for the journal. */
      payload: Omit<DecideTask, 'value'> & { value?: ResultValue; answer?: ResultValue };
    }
  | { type: 'child_ended'; payload: ChildEnded }
  | { type: 'pause_run'; messageId: string; payload: PauseRun }
  | {
      type: 'resume_run';
      messageId: string;
      payload: Omit<ResumeRun, 'definition'> & { definition?: WorkflowDefinition };
    }
  | {
      type: 'fork_run';
      messageId: string;
      payload: Omit<ForkRun, 'definition'> & {
        definition?: WorkflowDefinition;
        /** A snapshot of the other run after its entry `at`. */
        state: Json;
        records: ForkRecords;
      };
    }
  | { type: 'grant_flow'; payload: Granted }
  | { type: 'check_flow'; payload: CheckFlow }
  | { type: 'batch_ended'; payload: BatchEnded }
  | { type: 'refused'; messageId: string; code: string; reason: string };

/** What a flow says, its documents fetched. */
export type Granted = Omit<GrantFlow, 'batch'> & {
  readonly batch?: { readonly items: JsonObject[]; readonly members: string[] } | { readonly leader: string };
};

/** What had to be computed, fetched or looked up for a task before it can begin. */
export type Evaluation =
  | { readonly error: ErrorReport }
  | { readonly when: false }
  /** What the task must pass before each attempt, or the run to get in. */
  | { readonly gates: readonly Gate[] }
  | {
      /** What the agent or the sub-workflow gets. */
      readonly input?: Json;
      /** Of a forEach: one task each. */
      readonly items?: readonly Json[];
      /** waitFor: only events with this key. */
      readonly key?: string;
      readonly question?: string;
      /** What a person decides about. */
      readonly shows?: ResultValue;
      readonly near?: string;
      /** The version of the sub-workflow that it will be. */
      readonly version?: number;
      /** The task is done: a computed value, a vote, a fallback that needs no agent. */
      readonly result?: ResultValue;
      /** A vote that a person must settle. */
      readonly tie?: { readonly question: string; readonly options: readonly string[] };
    };

/** What was found out for a task's own work says nothing of its fallback, which may follow within the same turn. */
export function evaluationKey(index: TaskIndex, task: TaskState): string {
  if (wantsGates(task)) return `${index} gates`;
  return task.fallback === undefined ? `${index}` : `${index} fallback`;
}

/** Under which the answer stands how the run itself gets in. */
export const ADMISSION = 'admission';

/** Signs of life of work that an agent holds, looked up when the time for them has come. */
export interface SignsOfLife {
  /** Last beat of a task's current attempt, ms. */
  readonly beats: ReadonlyMap<TaskIndex, number>;
  /** `agent lane` of inboxes in which nothing waits: what was sent there has been taken, or is lost. */
  readonly drained: ReadonlySet<string>;
}

/** What a decision reads besides state and inputs. Whatever of it matters for the outcome is journaled in the events. */
export interface TurnContext {
  /** ms; never earlier than the run's last entry. */
  readonly now: number;
  /** In [0, 1): for jitter and selection. */
  readonly random: () => number;
  readonly agents: readonly RegisteredAgent[];
  readonly breakers: ReadonlyMap<string, BreakerState>;
  /** Agent → whether this run got the probe of its breaker; absent: not tried yet. */
  readonly probes: ReadonlyMap<string, boolean>;
  /** By {@link evaluationKey}. */
  readonly evaluated: ReadonlyMap<string, Evaluation>;
  readonly signs?: SignsOfLife;
  /** Why the run's tenant, or everything, is on hold now. */
  readonly hold?: string;
}

/** What a decision needs to know before it can go on: find out, put it into the context, and decide again. */
export interface Questions {
  readonly evaluate: TaskIndex[];
  /** Agents whose breaker may be probed: take the lease. */
  readonly probes: string[];
  /** Which gates the run itself must pass: an answer under {@link ADMISSION}. */
  readonly admission?: true;
}

/** Questions while they are gathered, and the tasks that can't go on without the answers. */
export interface Asked extends Questions {
  readonly tasks: Set<TaskIndex>;
}

export interface Decision {
  readonly events: RunEvent[];
  /** The state after those events. */
  readonly state: RunState;
  readonly questions: Questions;
  /** More is ready than one turn may dispatch: come back by a message to yourself. */
  readonly more: boolean;
  /** An input changed nothing: it may have been heard before, by a turn that was not finished. */
  readonly idle: boolean;
}

/** A draft, the events that led to it, and what the decision may look at. */
export interface Turn {
  readonly draft: Draft;
  readonly events: RunEvent[];
  readonly context: TurnContext;
  emit(event: RunEvent): void;
  /** Made when the first agent is needed. */
  selector(): Selector;
}
