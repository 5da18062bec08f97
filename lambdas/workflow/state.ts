import type { ResultValue } from '../contracts/blob.ts';
import type { ErrorReport } from '../contracts/errors.ts';
import type { Json, JsonObject } from '../contracts/json.ts';
import type { RunRequest } from '../contracts/messages.ts';
import type { Usage } from '../contracts/usage.ts';
import type { TaskDefinition, WorkflowDefinition } from '../contracts/workflow-definition.ts';
import type { Contracts, ForkRecords, Route, Suspension, TaskIndex } from './events.ts';
import type { AdmissionState, FlowState } from './flow-state.ts';

/** Version of the fold: a snapshot made by another version is ignored and the journal is read instead. */
export const ENGINE_VERSION = 4;

/**
 * waiting: dependencies are open, or its group is full · ready: may begin · dispatched: an agent holds it ·
 * suspended: it waits for something (`on`) · backoff: between attempts · the rest: over.
 */
export type TaskStatus =
  | 'waiting'
  | 'ready'
  | 'dispatched'
  | 'suspended'
  | 'backoff'
  | 'completed'
  | 'failed'
  | 'skipped'
  | 'cancelled';

/** How a result came about that is not the task's own. */
export type Degradation = 'fallback' | 'cached' | 'person';

export interface TaskState {
  readonly definition: TaskDefinition;
  readonly status: TaskStatus;
  /** When it came into this status, ms. */
  readonly since: number;
  /** Number of the current or last attempt; 0 before the first. The fencing number of reports. */
  readonly attempt: number;
  /** Dependencies that are not over yet. */
  readonly waitingFor: number;
  /** Longest path from here to the end of the run, in expected seconds: what goes first where a limit makes tasks wait. */
  readonly rank: number;
  readonly agent?: string;
  /** Why this agent was chosen. */
  readonly why?: string;
  /** Agents of the earlier attempts; the first attempt's comes first. */
  readonly holders?: readonly string[];
  /** dispatched: when the attempt is void · backoff: when the next attempt is due · suspended: when the wait is over. */
  readonly due?: number;
  /** suspended: for what; kept when it is cancelled meanwhile. */
  readonly on?: Suspension;
  /** Where the next attempt goes. */
  readonly route?: Route;
  /** Attempts that do not count against the limit: before a person said "retry", rerouted, or ended in a wait. */
  readonly forgiven?: number;
  readonly rerouted?: number;
  /** Attempts up to this one are void: their reports count for nothing, since the task has begun anew. */
  readonly voided?: number;
  /** Its void attempts may have had outside effects: somebody is asked before it is done again. */
  readonly doubt?: true;
  /** Its run's new definition does not have it. */
  readonly removed?: true;
  /** Attempts that ended without a report, since a person last said "retry". */
  readonly silences?: number;
  /** It may have done its work, though nobody said so: undone like what was done. */
  readonly unsure?: true;
  /** The attempt finds out whether its agent's breaker may close. */
  readonly probe?: true;
  /** Its own work failed with this, from attempt `fallbackFrom` on its fallback does it. */
  readonly fallback?: ErrorReport;
  readonly fallbackFrom?: number;
  readonly result?: ResultValue;
  readonly degraded?: Degradation;
  readonly durationMs?: number;
  /** How many were completed before it: the order in which to undo. */
  readonly order?: number;
  readonly error?: ErrorReport;
  /** failed, but the run goes on without it. */
  readonly tolerated?: true;
  /** One of a forEach: its parent, its item and its place in the list. */
  readonly parent?: TaskIndex;
  readonly item?: Json;
  readonly position?: number;
  /** A forEach: where its tasks are. */
  readonly children?: { readonly first: TaskIndex; readonly count: number };
  /** A task that another has delegated: whose it is. */
  readonly owner?: TaskIndex;
  /** Tasks that it has delegated since it last began anew, and how many of them are not over. */
  readonly own?: readonly TaskIndex[];
  readonly ownOpen?: number;
  /** So often it has begun anew, and once more: its earlier steps and own tasks are void. 1 when not set. */
  readonly epoch?: number;
  /** When its first attempt began, once that has ended. */
  readonly begunAt?: number;
  /** What its attempts have used, as far as they told. */
  readonly usage?: Usage;
  /** Flows whose permits each attempt needs, in this order; and how many of them it has passed. */
  readonly gates?: readonly string[];
  readonly permits?: number;
  /** An undo task: what it takes back. */
  readonly undoOf?: TaskIndex;
  /** In a fork: another run has done it, so there is nothing here to take back. */
  readonly recorded?: true;
}

export type RunPhase = 'new' | 'running' | 'compensating' | 'completed' | 'failed' | 'cancelled';

/** A group of tasks, or the tasks of a forEach under the id of their parent. */
export interface GroupState {
  readonly limit?: number;
  readonly tolerate: number;
  readonly members: readonly TaskIndex[];
  /** Members that are not over. */
  readonly open: number;
  /** Members that have begun and are not over. */
  readonly active: number;
  /** Members that failed and were tolerated. */
  readonly failed: number;
  /** Members that could begin but for the limit: a heap, first by urgency, then by rank. */
  readonly line: readonly TaskIndex[];
  /** Tasks that wait for the whole group. */
  readonly dependents: readonly TaskIndex[];
}

/** An event that no task has taken yet. */
export interface MailboxEvent {
  readonly id: string;
  readonly event: string;
  readonly key?: string;
  readonly payload: ResultValue;
}

/** How a run ends that can't complete any more. */
export type Ending =
  | { readonly failed: ErrorReport; readonly task?: TaskIndex }
  | { readonly cancelled: string; readonly by: string };

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
  readonly contracts: Contracts;
  readonly taskToken?: string;
  readonly tasks: readonly TaskState[];
  /** Task id → place in `tasks`. */
  readonly indexOf: ReadonlyMap<string, TaskIndex>;
  /** Who waits for a task, by its place. */
  readonly dependents: ReadonlyArray<readonly TaskIndex[]>;
  readonly groups: Readonly<Record<string, GroupState>>;
  /** Tasks that may begin, in the order they became ready. */
  readonly ready: readonly TaskIndex[];
  /** forEach tasks whose tasks are all over. */
  readonly gathered: readonly TaskIndex[];
  /** Tasks that are not over. */
  readonly open: number;
  readonly completed: number;
  readonly skipped: number;
  /** What all its tasks have used, and the runs inside it. */
  readonly usage?: Usage;
  /** Retries so far, all tasks together. */
  readonly retries: number;
  /** People asked so far. */
  readonly asked: number;
  /** Dispatches so far by task type: whose turn it is under round_robin. */
  readonly rounds: ReadonlyMap<string, number>;
  /** Dispatched tasks by agent: this run's share of its load. */
  readonly inFlight: ReadonlyMap<string, number>;
  readonly mailbox: readonly MailboxEvent[];
  /** Ids of all events ever received: each counts once. */
  readonly received: ReadonlySet<string>;
  /** By flow id: those that its tasks or the run itself ask for permits. */
  readonly flows: ReadonlyMap<string, FlowState>;
  /** Its way in; none: it began at once. */
  readonly admission?: AdmissionState;
  /** It does the work of these runs too, or that run does the work of this one. */
  readonly batch?: { readonly members: readonly string[] } | { readonly leader: string };
  /** Runs that were to do its work and never did. */
  readonly leftBatches?: readonly string[];
  /** What the run that did its work answered. */
  readonly result?: ResultValue;
  /** When the armed timer fires, if one is armed. */
  readonly timer?: number;
  /** When that was armed last. */
  readonly timerSetAt?: number;
  /** Nothing begins until somebody resumes it; without `by`: it has used up the retries of a task. */
  readonly paused?: { readonly reason: string; readonly by?: string };
  /** Why its tenant, or everything, is on hold. */
  readonly held?: string;
  /** Since when its clocks stand still: paused or held. */
  readonly stoppedAt?: number;
  /** Parameters of agents that were set for this run only. */
  readonly parameters?: Readonly<Record<string, JsonObject>>;
  /** The run that this one is a fork of, and the entry of its journal after which it begins. */
  readonly fork?: {
    readonly from: string;
    readonly at: number;
    readonly effects: 'recorded' | 'allowed';
    /** The runs that that one is a fork of, the latest first. */
    readonly before?: readonly string[];
  };
  /** A fork whose work has no effects outside: it answers from here instead. */
  readonly records?: ForkRecords;
  /** Set from `compensating` on. */
  readonly ending?: Ending;
  readonly undoPlanned?: true;
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
    contracts: {},
    tasks: [],
    indexOf: new Map(),
    dependents: [],
    groups: {},
    ready: [],
    gathered: [],
    open: 0,
    completed: 0,
    skipped: 0,
    retries: 0,
    asked: 0,
    rounds: new Map(),
    inFlight: new Map(),
    mailbox: [],
    received: new Set(),
    flows: new Map(),
  };
}

export function hasEnded(state: Pick<RunState, 'phase'>): boolean {
  return state.phase === 'completed' || state.phase === 'failed' || state.phase === 'cancelled';
}

/** Under way: its tasks are worked on, or taken back. */
export function isOpen(state: Pick<RunState, 'phase'>): boolean {
  return state.phase === 'running' || state.phase === 'compensating';
}

/** It has got in: its tasks may begin. */
export function isAdmitted({ admission }: Pick<RunState, 'admission'>): boolean {
  return admission === undefined || admission.stage === 'admitted';
}

/** Paused or on hold: nothing begins, and deadlines stand still. What is taken back is not stopped. */
export function isStopped(state: Pick<RunState, 'phase' | 'stoppedAt'>): boolean {
  return state.phase === 'running' && state.stoppedAt !== undefined;
}

export function isOver({ status }: Pick<TaskState, 'status'>): boolean {
  return status === 'completed' || status === 'failed' || status === 'skipped' || status === 'cancelled';
}

/** The agent that had this attempt. */
export function holderOf(task: TaskState, attempt: number): string | undefined {
  return attempt === task.attempt ? task.agent : task.holders?.[attempt - 1];
}

export function taskAt(state: Pick<RunState, 'runId' | 'tasks'>, index: TaskIndex): TaskState {
  const task = state.tasks[index];
  if (!task) throw new Error(`run ${state.runId} has no task number ${index}: its journal is damaged`);
  return task;
}

/** The tasks whose results are the run's: those the definition names, else those nobody depends on. */
export function outputTasks(state: RunState): readonly TaskIndex[] {
  const named = state.definition.output;
  if (named) return named.flatMap((id) => state.indexOf.get(id) ?? []);
  return state.tasks.flatMap((task, index) => {
    const made = task.parent !== undefined || task.undoOf !== undefined || task.owner !== undefined;
    const last = state.dependents[index]?.length === 0 && !made;
    const { group } = task.definition;
    const awaited = group !== undefined && (state.groups[group]?.dependents.length ?? 0) > 0;
    return last && !awaited ? [index] : [];
  });
}
