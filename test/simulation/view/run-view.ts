import type { ResultValue } from '../../../lambdas/contracts/blob.ts';
import type { ErrorReport } from '../../../lambdas/contracts/errors.ts';
import type { JsonObject } from '../../../lambdas/contracts/json.ts';
import type { TaskDefinition, WorkflowDefinition } from '../../../lambdas/contracts/workflow-definition.ts';

/*
 * A run as its journal tells it, folded a second time and on purpose without the engine's own fold: every event is held
 * against what may follow what.
 */

/** `open`: it has not begun, or may begin again. */
export type ViewStatus =
  | 'open'
  | 'dispatched'
  | 'suspended'
  | 'backoff'
  | 'completed'
  | 'failed'
  | 'skipped'
  | 'cancelled';

export interface TaskView {
  readonly id: string;
  definition: TaskDefinition;
  status: ViewStatus;
  attempt: number;
  /** Agents by attempt, from the first. */
  readonly holders: string[];
  result?: ResultValue;
  error?: ErrorReport;
  tolerated: boolean;
  usesFallback: boolean;
  /** How many were completed before it. */
  order?: number;
  /** An attempt of it ended without a report. */
  unsure: boolean;
  decision?: string;
  /** Failures since it last got attempts anew. */
  spent: number;
  /** Failures after which another agent may have been tried beyond its attempts. */
  refused: number;
  /** Item tasks of a forEach. */
  children?: string[];
  parent?: string;
  undoOf?: string;
  /** Who has delegated it. */
  owner?: string;
  /** What it has delegated since it last began anew, and with what the ids of that begin. */
  own?: string[];
  waitsForOwn?: true;
  prefix?: string;
  /** So often it has begun anew. */
  epochs: number;
  /** It ended while the run was taken back. */
  late?: true;
  cancelledAt?: number;
  /** Attempts up to this one are void. */
  voided: number;
  /** It has used up its attempts, and its run waits with it. */
  pauses?: true;
  /** A task that sleeps: until then. */
  sleepsUntil?: number;
  /** It waits for a permit, and holds no place. */
  asks?: true;
  /** When its run was taken up again it was done, without these: they had failed and were tolerated, and began anew. */
  without?: ReadonlySet<string>;
}

export interface RunView {
  readonly runId: string;
  phase: 'new' | 'running' | 'compensating' | 'completed' | 'failed' | 'cancelled';
  definition?: WorkflowDefinition;
  readonly tasks: TaskView[];
  readonly byId: Map<string, TaskView>;
  deadline: number;
  /** Of the latest entry. */
  at: number;
  endedAt: number;
  error?: ErrorReport;
  failedTask?: string;
  /** Ids of what was to be undone, in order. */
  undoPlan?: string[];
  completed: number;
  retries: number;
  /** What keeps it from beginning anything. */
  readonly stops: Set<'pause' | 'hold'>;
  /** It was stopped at least once, and its clocks stood still meanwhile. */
  wasStopped?: true;
  /** Somebody has changed it: tasks have begun anew. */
  edited?: true;
  /** How often it was taken up again after its end. */
  reopened: number;
  readonly waiting: Map<string, string>;
  /** Tasks that have delegated something. */
  readonly owners: Set<TaskView>;
  /** Failures for which no further attempt was made, with how many there had been. */
  readonly givenUp: Array<{ readonly task: TaskView; readonly spent: number; readonly code: string }>;
  /** How much longer than it should a task has slept, ms. */
  overslept: number;
  readonly received: Set<string>;
  readonly taken: Set<string>;
  readonly refused: string[];
  /** Requests and answers that were refused, by id. */
  readonly turnedDown: Set<string>;
  /** Attempts that ended without a report. */
  readonly silences: Array<{ readonly task: TaskView; readonly attempt: number }>;
  readonly faults: string[];
  /** How far it is in. */
  entry: 'free' | 'waiting' | 'in';
  /** To be in it holds a permit, until it ends. */
  holdsEntry?: boolean;
  /** The run that does its work, too. */
  leader?: string;
  /** Those whose work it does, and what they brought. */
  led?: { readonly members: readonly string[]; readonly items: readonly JsonObject[] };
  cancelled?: { readonly by: string; readonly reason: string };
}

const OVER: ReadonlySet<ViewStatus> = new Set(['completed', 'failed', 'skipped', 'cancelled']);
export const isOver = ({ status }: Pick<TaskView, 'status'>): boolean => OVER.has(status);

/** Over in a way with which its dependents may begin. */
export const isSettled = (task: TaskView): boolean =>
  task.status === 'completed' || task.status === 'skipped' || (task.status === 'failed' && task.tolerated);

export const hasEnded = ({ phase }: RunView): boolean =>
  phase === 'completed' || phase === 'failed' || phase === 'cancelled';

/** Notes a breach of invariant M. */
export function expect(view: RunView, holds: boolean, otherwise: string): void {
  if (!holds) view.faults.push(`M: ${otherwise}`);
}
