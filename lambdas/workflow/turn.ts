import type { ErrorReport } from '../contracts/errors.ts';
import type { Json, JsonObject } from '../contracts/json.ts';
import type { CancelRun, StartRun, StatusUpdate, TaskParked } from '../contracts/messages.ts';
import type { RegisteredAgent } from '../contracts/registry.ts';
import type { TaskDefinition, WorkflowDefinition } from '../contracts/workflow-definition.ts';
import type { RunEvent, TaskIndex } from './events.ts';
import type { Draft } from './evolve.ts';
import type { RunState } from './state.ts';

/** What a turn works on: messages about one run, opened, in the order they came. */
export type TurnInput =
  | {
      type: 'start_run';
      payload: Omit<StartRun, 'definition' | 'input'> & { definition: WorkflowDefinition; input: JsonObject };
    }
  | { type: 'status_update'; messageId: string; sender: string; payload: StatusUpdate }
  | { type: 'cancel_run'; payload: CancelRun }
  | { type: 'wake_run' }
  | { type: 'task_parked'; payload: TaskParked }
  | { type: 'refused'; messageId: string; code: string; reason: string };

/** What a decision reads besides state and inputs. Whatever of it matters for the outcome is journaled in the events. */
export interface TurnContext {
  /** ms; never earlier than the run's last entry. */
  readonly now: number;
  /** In [0, 1): for jitter. */
  readonly random: () => number;
  readonly agents: readonly RegisteredAgent[];
  /** Task inputs whose expressions have been evaluated, by task. */
  readonly evaluated: ReadonlyMap<TaskIndex, { value: Json } | { error: ErrorReport }>;
  /** Says whether a task's input holds expressions. */
  readonly hasExpressions: (definition: TaskDefinition) => boolean;
}

export interface Decision {
  readonly events: RunEvent[];
  /** The state after those events. */
  readonly state: RunState;
  /** Ready tasks whose expressions must be evaluated before they can go: evaluate, then decide again. */
  readonly toEvaluate: TaskIndex[];
  /** More is ready than one turn may dispatch: come back by a message to yourself. */
  readonly more: boolean;
}

/** A draft, the events that led to it, and what the decision may look at. */
export interface Turn {
  readonly draft: Draft;
  readonly events: RunEvent[];
  readonly context: TurnContext;
  emit(event: RunEvent): void;
}
