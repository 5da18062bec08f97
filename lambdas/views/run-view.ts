import type { ResultValue, UpstreamValue } from '../contracts/blob.ts';
import type { Degraded } from '../contracts/bus-events.ts';
import type { ErrorReport } from '../contracts/errors.ts';
import type { Gate } from '../contracts/flow-control.ts';
import type { Json } from '../contracts/json.ts';
import type { Usage } from '../contracts/usage.ts';
import { typeOf } from '../contracts/workflow-definition.ts';
import type { Suspension, TaskIndex } from '../workflow/events.ts';
import { degradationOf, resultOf } from '../workflow/results.ts';
import { hasEnded as isAtEnd, outputTasks, type RunState, type TaskState, type TaskStatus } from '../workflow/state.ts';
import { type QueuedView, queuedOf } from './gate-words.ts';
import type { AttemptView, Refusal, RunFold, TurnView } from './run-fold.ts';

/** The engine's states; a person calls "dispatched" running, and "backoff" retrying. */
export type TaskViewStatus = Exclude<TaskStatus, 'dispatched' | 'backoff'> | 'running' | 'retrying';
export type RunViewStatus = 'requested' | 'running' | 'compensating' | 'completed' | 'failed' | 'cancelled';

/** A task as a person wants to see it. */
export interface TaskView {
  readonly id: string;
  readonly type: string;
  readonly dependsOn: readonly string[];
  readonly status: TaskViewStatus;
  /** As defined, or as a person has changed it; it may hold expressions. */
  readonly input?: Json;
  readonly attempt: number;
  readonly agent?: string;
  /** Why this agent was chosen. */
  readonly why?: string;
  readonly dispatchedAt?: number;
  readonly endedAt?: number;
  /** What the agent needed for the last attempt, without the way there and back. */
  readonly durationMs?: number;
  readonly nextAttemptAt?: number;
  /** suspended: what for, since when, and until when at most. */
  readonly on?: Suspension;
  /** Of the permit that it waits for. */
  readonly gate?: Gate;
  readonly since?: number;
  readonly until?: number;
  readonly error?: ErrorReport;
  /** A forEach answers the list of what its tasks did. */
  readonly result?: UpstreamValue;
  /** failed, but the run goes on without it. */
  readonly tolerated?: true;
  /** Its result is missing, or not its own. */
  readonly degraded?: Degraded['how'];
  /** Its own work failed with this; its fallback does it. */
  readonly fallback?: ErrorReport;
  /** cancelled while an agent had it: nobody knows how far that got. */
  readonly unsure?: true;
  /** waiting: its dependencies are over, but its group (or forEach) has no room. */
  readonly inLineFor?: string;
  /** The forEach that it is one of. */
  readonly parent?: string;
  /** The task that has delegated it. */
  readonly owner?: string;
  /** The task that it takes back. */
  readonly undoOf?: string;
  /** What its attempts have used of models and tools. */
  readonly usage?: Usage;
  readonly attempts: readonly AttemptView[];
  readonly turns: readonly TurnView[];
}

/** A run as its journal tells it: a projection for display. */
export interface RunView {
  readonly workflow: string;
  readonly status: RunViewStatus;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly deadline?: number;
  readonly tasks: readonly TaskView[];
  /** Of models and tools, by all its tasks and the runs inside it. */
  readonly usage?: Usage;
  /** Attempts that failed, retried or not. */
  readonly failedAttempts: number;
  readonly error?: ErrorReport;
  readonly failedTask?: string;
  readonly reason?: string;
  /** Nothing new begins; without `by` it has paused itself, because the retries of a task are used up. */
  readonly paused?: { readonly reason: string; readonly by?: string };
  /** Its tenant, or everything, is on hold. */
  readonly held?: string;
  /** What it did was taken back, so it can not be taken up again. */
  readonly undone?: true;
  /** It has not got in yet. */
  readonly queued?: QueuedView;
  /** Of the run that did its work too. */
  readonly batchResult?: ResultValue;
  /** Tasks whose results are the run's. */
  readonly output: readonly string[];
  /** Events that came and that no task has taken. */
  readonly mailbox: ReadonlyArray<{ readonly id: string; readonly event: string; readonly key?: string }>;
  readonly refusals: readonly Refusal[];
  /** Number of the last journal entry folded in. */
  readonly seq: number;
}

export const NEW_RUN: RunView = {
  workflow: '',
  status: 'requested',
  tasks: [],
  failedAttempts: 0,
  output: [],
  mailbox: [],
  refusals: [],
  seq: 0,
};

const STATUS: Record<TaskStatus, TaskViewStatus> = {
  waiting: 'waiting',
  ready: 'ready',
  dispatched: 'running',
  suspended: 'suspended',
  backoff: 'retrying',
  completed: 'completed',
  failed: 'failed',
  skipped: 'skipped',
  cancelled: 'cancelled',
};

export function viewOf(fold: RunFold): RunView {
  const { state, seq, failedAttempts, refusals } = fold;
  if (state.phase === 'new') return { ...NEW_RUN, ...mailboxOf(state), refusals, seq };
  const nameOf = (index: TaskIndex): string => state.tasks[index]?.definition.id ?? String(index);
  return {
    workflow: state.definition.name,
    status: state.phase,
    startedAt: state.startedAt,
    ...(state.endedAt !== undefined && { endedAt: state.endedAt }),
    deadline: state.deadline,
    tasks: state.tasks.map((task, index) => taskViewOf(fold, task, index, nameOf)),
    failedAttempts,
    ...(state.usage && { usage: state.usage }),
    ...queuedIn(state),
    ...(state.paused && { paused: state.paused }),
    ...(state.held !== undefined && { held: state.held }),
    ...(state.ending && { undone: true as const }),
    ...(state.result && { batchResult: state.result }),
    ...endingOf(state, nameOf),
    output: outputTasks(state).map(nameOf),
    ...mailboxOf(state),
    refusals,
    seq,
  };
}

function queuedIn(state: RunState): Pick<RunView, 'queued'> {
  const queued = queuedOf(state);
  return queued ? { queued } : {};
}

function mailboxOf({ mailbox }: RunState): Pick<RunView, 'mailbox'> {
  return { mailbox: mailbox.map(({ payload: _, ...event }) => event) };
}

/** Why the run ended, or is about to. */
function endingOf(
  state: RunState,
  nameOf: (index: TaskIndex) => string,
): Pick<RunView, 'error' | 'failedTask' | 'reason'> {
  const { ending } = state;
  const failed = ending && 'failed' in ending ? ending : undefined;
  const cancelled = ending && 'cancelled' in ending ? ending.cancelled : undefined;
  const error = state.error ?? failed?.failed;
  const task = state.failedTask ?? failed?.task;
  const reason = cancelled ?? (state.phase === 'cancelled' ? state.cancelReason : undefined);
  return {
    ...(error && { error }),
    ...(task !== undefined && { failedTask: nameOf(task) }),
    ...(reason !== undefined && { reason }),
  };
}

function taskViewOf(
  { state, histories }: RunFold,
  task: TaskState,
  index: TaskIndex,
  nameOf: (index: TaskIndex) => string,
): TaskView {
  const history = histories.get(index);
  const result = resultOf(state, index);
  const { definition, status, since, due, parent, owner, undoOf, usage } = task;
  const attempts = history?.attempts ?? [];
  const begun = attempts.at(-1)?.at;
  const over = status === 'completed' || status === 'failed' || status === 'skipped' || status === 'cancelled';
  const degraded = degradationOf(task);
  const gate = status === 'suspended' && task.on?.for === 'permit' ? state.flows.get(task.on.flow)?.gate : undefined;
  const inLine = status === 'waiting' && task.waitingFor === 0 ? definition.group : undefined;
  return {
    id: definition.id,
    type: typeOf(definition),
    dependsOn: definition.dependsOn ?? [],
    status: STATUS[status],
    ...(definition.input !== undefined && { input: definition.input }),
    attempt: task.attempt,
    ...(task.agent !== undefined && { agent: task.agent }),
    ...(task.why !== undefined && { why: task.why }),
    ...(begun !== undefined && { dispatchedAt: begun }),
    ...(over && { endedAt: since }),
    ...(task.durationMs !== undefined && { durationMs: task.durationMs }),
    ...(status === 'backoff' && due !== undefined && { nextAttemptAt: due }),
    ...(status === 'suspended' && task.on && { on: task.on, since, ...(due !== undefined && { until: due }) }),
    ...(gate && { gate }),
    ...(task.error && status !== 'completed' && { error: task.error }),
    ...(result && { result }),
    ...(task.tolerated && { tolerated: true as const }),
    ...(degraded && { degraded: degraded.how }),
    ...(task.fallback && !over && { fallback: task.fallback }),
    ...(task.unsure && { unsure: true as const }),
    ...(inLine !== undefined && { inLineFor: inLine }),
    ...(parent !== undefined && { parent: nameOf(parent) }),
    ...(owner !== undefined && { owner: nameOf(owner) }),
    ...(undoOf !== undefined && { undoOf: nameOf(undoOf) }),
    ...(usage && { usage }),
    attempts,
    turns: history?.turns ?? [],
  };
}

/** The tasks whose results are the run's: those the definition names, else those nobody depends on. */
export function resultTasks(view: RunView): readonly TaskView[] {
  const output = new Set(view.output);
  return view.tasks.filter(({ id }) => output.has(id));
}

export function hasEnded({ status }: Pick<RunView, 'status'>): boolean {
  return isAtEnd({ phase: status === 'requested' ? 'new' : status });
}

/** How many tasks are in each state. */
export function countTasks(tasks: readonly TaskView[]): Record<TaskViewStatus, number> {
  const counts: Record<TaskViewStatus, number> = {
    waiting: 0,
    ready: 0,
    running: 0,
    suspended: 0,
    retrying: 0,
    completed: 0,
    failed: 0,
    skipped: 0,
    cancelled: 0,
  };
  for (const task of tasks) counts[task.status] += 1;
  return counts;
}
