import type { ErrorReport } from '../contracts/errors.ts';
import type { Escalation } from '../contracts/task-kinds.ts';
import type { Usage } from '../contracts/usage.ts';
import { DEFAULT_RETRY_BUDGET } from '../contracts/workflow-definition.ts';
import { failRun } from './end-run.ts';
import type { Route, TaskIndex } from './events.ts';
import { UNKNOWN, UNKNOWN_OUTCOME } from './failure-codes.ts';
import { groupOf } from './graph.ts';
import { isUndoing } from './own-tasks.ts';
import { pauseFor } from './pause.ts';
import { backoffMs, isRetryable, retryPolicyOf } from './retry.ts';
import { holderOf, isOver, type TaskState, taskAt } from './state.ts';
import { workOf } from './task-types.ts';
import type { Turn } from './turn.ts';

/** So many silent attempts, and a person is asked: the same agent, then a backup, then nobody else. */
const SILENCES = 3;
/** Work that waits at agents which can't have it is moved at most so often. */
export const REROUTES = 3;

/** Options of a person who is asked because a task failed. */
export const ESCALATION_OPTIONS = ['retry', 'skip', 'complete', 'fail'] as const;

/**
 * An attempt failed, and its agent (or the work's own answer) says so: what next?
 * @param work `done`: only its answer was no good, so there may be something to undo
 * @param usage what the attempt has used all the same
 */
export function recordFailure(turn: Turn, index: TaskIndex, error: ErrorReport, work?: 'done', usage?: Usage): void {
  const { draft, emit, context } = turn;
  const task = taskAt(draft, index);
  const policy = retryPolicyOf(task.definition, context.agents.find(({ name }) => name === task.agent)?.retry);
  const spent = task.attempt - (task.forgiven ?? 0);
  const draining = isDraining(turn, task);
  const unsure = error.code === UNKNOWN_OUTCOME;
  const another = !draining && error.class === 'non_recoverable' && !unsure && hasAlternative(turn, task);
  const wanted = another || (!draining && isRetryable(error) && spent < policy.maxAttempts);
  const allowed = wanted && hasRetryBudget(turn);
  const failed = { type: 'attempt_failed', task: index, attempt: task.attempt, error, willRetry: allowed } as const;
  emit({
    ...failed,
    ...(task.agent !== undefined && { agent: task.agent }),
    ...(unsure && { silent: true }),
    ...(work === 'done' && { unsure: true }),
    ...(usage && { usage }),
  });
  if (!allowed) {
    giveUp(turn, index, wanted ? budgetError(error) : error);
  } else if (another) {
    retryNow(turn, index, 'alternative');
  } else {
    const at = context.now + backoffMs(policy, spent, context.random());
    emit({ type: 'retry_scheduled', task: index, attempt: task.attempt + 1, at });
  }
}

/**
 * An attempt ended without a word: the same agent again, then a backup, then a person. Silence after work with outside
 * effects may mean that they happened: that is never tried again blindly (rule 6).
 */
export function recordSilence(turn: Turn, index: TaskIndex, error: ErrorReport): void {
  const { draft, emit, context } = turn;
  const task = taskAt(draft, index);
  const { effects, retry } = context.agents.find(({ name }) => name === task.agent) ?? {};
  const silences = (task.silences ?? 0) + 1;
  const most = Math.min(SILENCES, retryPolicyOf(task.definition, retry).maxAttempts);
  const blind = effects === 'outside';
  const draining = isDraining(turn, task);
  const wanted = !blind && !draining && silences < most;
  const willRetry = wanted && hasRetryBudget(turn);
  const reported = blind ? unknownOutcome(error) : error;
  emit({
    ...{ type: 'attempt_failed', task: index, attempt: task.attempt, error: reported, willRetry, silent: true },
    ...(task.agent !== undefined && { agent: task.agent }),
    ...(!willRetry && !draining && { parked: true }),
  });
  if (willRetry) retryNow(turn, index, silences === 1 ? 'same' : 'backup');
  else giveUp(turn, index, wanted ? budgetError(reported) : reported);
}

/** Its agent can't have it now, and another can: no fault of the task's. */
export function reroute(turn: Turn, index: TaskIndex, reason: string): void {
  const { attempt, agent } = taskAt(turn.draft, index);
  const error: ErrorReport = { code: 'rerouted', class: 'recoverable', message: reason };
  turn.emit({
    ...{ type: 'attempt_failed', task: index, attempt, error, willRetry: true, rerouted: true },
    ...(agent !== undefined && { agent }),
  });
  retryNow(turn, index, 'backup');
}

/** All automatic ways of doing the work are used up: the fallback, else a person, else it has failed. */
export function giveUp(turn: Turn, index: TaskIndex, error: ErrorReport): void {
  const { draft, emit } = turn;
  const { definition, attempt, fallback, undoOf, owner } = taskAt(draft, index);
  if (error.class !== 'data' && undoOf === undefined) {
    const standIn = definition.fallback && fallback === undefined && error.code !== UNKNOWN_OUTCOME;
    if (standIn && draft.phase === 'running') {
      emit({ type: 'fallback_chosen', task: index, error });
      return;
    }
    // What its own tasks fail with is for their owner to deal with.
    const forAll = owner === undefined ? draft.definition.escalate : undefined;
    const escalation = definition.escalate ?? forAll ?? lastRung(turn, index, error);
    if (escalation !== 'fail' && draft.phase === 'running') {
      askAbout(turn, index, attempt, error, escalation === 'pause');
      if (escalation === 'pause') pauseFor(turn, index, error);
      return;
    }
  }
  failTask(turn, index, error);
}

/**
 * What comes last where the definition does not say: whoever can't know asks, whoever has tried enough waits. A
 * sub-workflow fails instead of waiting: the task that it is has attempts, a fallback and a last rung of its own.
 */
function lastRung(turn: Turn, index: TaskIndex, error: ErrorReport): Escalation {
  if (UNKNOWN.includes(error.code)) return 'person';
  const waits = isRetryable(error) && !isTolerated(turn, index) && turn.draft.request.parent === undefined;
  return waits ? 'pause' : 'fail';
}

/** True when the run goes on though this task fails. */
function isTolerated(turn: Turn, index: TaskIndex): boolean {
  const { definition, parent, owner } = taskAt(turn.draft, index);
  const group = groupOf(turn.draft, index);
  if (definition.optional === true || owner !== undefined) return true;
  if (group !== undefined && group.failed < group.tolerate) return true;
  return parent !== undefined && isTolerated(turn, parent);
}

/** Ends a task for good. What nobody tolerates fails its forEach, else the run. */
export function failTask(turn: Turn, index: TaskIndex, error: ErrorReport): void {
  const { draft, emit } = turn;
  const task = taskAt(draft, index);
  if (isOver(task)) return;
  const group = groupOf(draft, index);
  const mayFail = task.definition.optional === true || task.owner !== undefined;
  const tolerated = mayFail || (group !== undefined && group.failed < group.tolerate);
  emit({ type: 'task_failed', task: index, error, ...(tolerated && { tolerated: true }) });
  if (tolerated) return;
  if (task.parent === undefined) {
    failRun(turn, error, index);
    return;
  }
  const message = `item ${task.position}: ${error.message}`.slice(0, 2_000);
  if (draft.phase === 'running') failTask(turn, task.parent, { ...error, message });
}

export function askAbout(turn: Turn, index: TaskIndex, attempt: number, error: ErrorReport, pauses = false): void {
  const { draft, emit } = turn;
  const { id } = taskAt(draft, index).definition;
  const question = `task "${id}" failed: ${error.message}`.slice(0, 2_000);
  const on = {
    for: 'decision',
    id: decisionId(draft.asked, id),
    question,
    options: ESCALATION_OPTIONS,
    error,
    ...(pauses && { pauses }),
  } as const;
  emit({ type: 'task_suspended', task: index, attempt, on });
}

/** Unique in its run: one task may be asked about several times. */
export function decisionId(asked: number, taskId: string): string {
  return `${taskId}#${asked + 1}`;
}

function retryNow({ draft, emit, context }: Turn, index: TaskIndex, route: Route): void {
  const { attempt } = taskAt(draft, index);
  emit({ type: 'retry_scheduled', task: index, attempt: attempt + 1, at: context.now, route });
  emit({ type: 'retry_due', tasks: [index] });
}

/** True when an agent can do the work that has not had this task yet. */
function hasAlternative(turn: Turn, task: TaskState): boolean {
  const { type, agent } = workOf(task);
  if (type === undefined || agent !== undefined) return false;
  const choice = turn
    .selector()
    .choose({ type, exclude: earlierAgents(task), round: 0, looking: true }, turn.draft.inFlight);
  return !('none' in choice);
}

/** Its run is being taken back: what it still does is awaited, not done again. */
export function isDraining({ draft }: Turn, task: TaskState): boolean {
  return draft.phase === 'compensating' && !isUndoing(draft, task);
}

/** Every agent that has had this task. */
export function earlierAgents(task: TaskState): ReadonlySet<string> {
  const attempts = Array.from({ length: task.attempt }, (_, before) => holderOf(task, before + 1));
  return new Set(attempts.filter((agent) => agent !== undefined));
}

function hasRetryBudget({ draft }: Turn): boolean {
  const { reserve, ratio } = draft.definition.retryBudget ?? DEFAULT_RETRY_BUDGET;
  return draft.phase === 'compensating' || draft.retries < reserve + ratio * draft.completed;
}

function budgetError(error: ErrorReport): ErrorReport {
  const message = `the run has used up its retry budget; the last failure: ${error.message}`.slice(0, 2_000);
  return { ...error, code: 'retry_budget_exhausted', message, details: { ...error.details, cause: error.code } };
}

/** What a failure is called that may have come after the effect. */
export function unknownOutcome(error: ErrorReport): ErrorReport {
  const message = `${error.message}, and its work has outside effects: find out whether they took place before it is repeated`;
  return { code: UNKNOWN_OUTCOME, class: 'non_recoverable', message: message.slice(0, 2_000) };
}
