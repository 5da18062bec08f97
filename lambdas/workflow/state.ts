import type { ResultValue } from '../contracts/blob.ts';
import type { ErrorReport } from '../contracts/errors.ts';
import type { JsonObject } from '../contracts/json.ts';
import type { RunRequest } from '../contracts/messages.ts';
import type { TaskDefinition, WorkflowDefinition } from '../contracts/workflow-definition.ts';
import type { TaskIndex } from './events.ts';

/** Version of the fold: a snapshot made by another version is ignored and the journal is read instead. */
export const ENGINE_VERSION = 1;

/**
 * waiting: dependencies are open · ready: may be dispatched · dispatched: an agent holds it ·
 * backoff: between attempts · completed, failed: ended.
 */
export type TaskStatus = 'waiting' | 'ready' | 'dispatched' | 'backoff' | 'completed' | 'failed';

export interface TaskState {
  readonly definition: TaskDefinition;
  readonly status: TaskStatus;
  /** Number of the current or last attempt; 0 before the first. The fencing number of reports. */
  readonly attempt: number;
  /** Dependencies that are not completed yet. */
  readonly waitingFor: number;
  readonly agent?: string;
  /** Why this agent was chosen. */
  readonly why?: string;
  /** dispatched: when the attempt is void · backoff: when the next attempt is due. */
  readonly due?: number;
  readonly result?: ResultValue;
  readonly durationMs?: number;
  readonly error?: ErrorReport;
}

export type RunPhase = 'new' | 'running' | 'completed' | 'failed' | 'cancelled';

/** Everything the engine knows of a run; nothing in it that the journal doesn't say. */
export interface RunState {
  readonly runId: string;
  readonly phase: RunPhase;
  readonly request: RunRequest;
  readonly definition: WorkflowDefinition;
  readonly input: JsonObject;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly deadline: number;
  readonly taskToken?: string;
  readonly tasks: readonly TaskState[];
  /** Task id → place in `tasks`. */
  readonly indexOf: ReadonlyMap<string, TaskIndex>;
  /** Who waits for a task, by its place. */
  readonly dependents: ReadonlyArray<readonly TaskIndex[]>;
  /** Tasks that may be dispatched, in the order they became ready. */
  readonly ready: readonly TaskIndex[];
  /** Tasks that have not ended. */
  readonly open: number;
  /** Dispatched tasks by agent: this run's share of its load. */
  readonly inFlight: ReadonlyMap<string, number>;
  /** When the armed timer fires, if one is armed. */
  readonly timer?: number;
  readonly failedTask?: TaskIndex;
  readonly error?: ErrorReport;
  readonly cancelReason?: string;
}

const NOBODY: RunRequest = { request_id: '-', tenant: 'default', correlation_id: '-', requested_by: '-', priority: 2 };

/** A run before its first event. */
export function newRun(runId: string): RunState {
  return {
    runId,
    phase: 'new',
    request: NOBODY,
    definition: { name: 'unknown', version: 1, description: '', tasks: [], timeoutSeconds: 1, events: 'workflow' },
    input: {},
    startedAt: 0,
    deadline: 0,
    tasks: [],
    indexOf: new Map(),
    dependents: [],
    ready: [],
    open: 0,
    inFlight: new Map(),
  };
}

export function hasEnded(state: RunState): boolean {
  return state.phase === 'completed' || state.phase === 'failed' || state.phase === 'cancelled';
}

/** The tasks whose results are the run's: those the definition names, else those nobody depends on. */
export function outputTasks(state: RunState): readonly TaskIndex[] {
  const named = state.definition.output;
  if (named) return named.flatMap((id) => state.indexOf.get(id) ?? []);
  return state.tasks.flatMap((_, index) => (state.dependents[index]?.length === 0 ? [index] : []));
}
