import type { ErrorReport } from '../contracts/errors.ts';
import { DEFAULTS, LIMITS } from '../contracts/limits.ts';
import { laneOf, type PriorityLevel } from '../contracts/priority.ts';
import type { RunEvent, TaskIndex } from './events.ts';
import { taskAt } from './evolve.ts';
import { failTask } from './fail-task.ts';
import { capabilityIndex, selectAgent } from './select.ts';
import { hasEnded, type RunState, type TaskState } from './state.ts';
import type { Turn } from './turn.ts';

type Dispatch = Extract<RunEvent, { type: 'tasks_dispatched' }>;

/** The end of every turn: dispatch what is ready, arm the timer, or end the run. */
export function schedule(turn: Turn): { toEvaluate: TaskIndex[]; more: boolean } {
  const { draft, emit } = turn;
  const { toEvaluate, more } = dispatchReady(turn);
  if (!hasEnded(draft) && draft.open === 0) emit({ type: 'run_completed' });
  if (!hasEnded(draft)) armTimer(turn);
  return { toEvaluate, more };
}

/** The urgency of a task: its own, else the workflow's, else the request's. */
export function urgencyOf(state: RunState, task: TaskState): PriorityLevel {
  return task.definition.priority ?? state.definition.priority ?? state.request.priority;
}

function dispatchReady(turn: Turn): { toEvaluate: TaskIndex[]; more: boolean } {
  const { draft, emit, context } = turn;
  if (draft.ready.length === 0) return { toEvaluate: [], more: false };
  const capable = capabilityIndex(context.agents);
  const groups = new Map<string, Dispatch>();
  const taken = new Map(draft.inFlight);
  const failures: Array<[TaskIndex, ErrorReport]> = [];
  const toEvaluate: TaskIndex[] = [];
  const queue = byPriority(turn, draft.ready);
  const chosen = queue.slice(0, LIMITS.dispatchesPerTurn);
  for (const index of chosen) {
    const task = taskAt(draft, index);
    const evaluated = context.evaluated.get(index);
    if (evaluated === undefined && context.hasExpressions(task.definition)) {
      toEvaluate.push(index);
      continue;
    }
    if (evaluated && 'error' in evaluated) {
      failures.push([index, evaluated.error]);
      continue;
    }
    const choice = selectAgent(task.definition, capable.get(task.definition.type) ?? [], taken);
    if (!choice) {
      failures.push([index, noAgent(task)]);
      continue;
    }
    taken.set(choice.agent.name, (taken.get(choice.agent.name) ?? 0) + 1);
    const lane = laneOf(urgencyOf(draft, task));
    const timeoutMs = (task.definition.timeoutSeconds ?? DEFAULTS.ttlSeconds) * 1_000;
    const notAfter = Math.min(context.now + timeoutMs, draft.deadline);
    const attempt = task.attempt + 1;
    const key = `${choice.agent.name} ${lane} ${attempt} ${notAfter} ${choice.why}`;
    const group = groups.get(key);
    if (group) group.tasks.push(index);
    else
      groups.set(key, {
        type: 'tasks_dispatched',
        agent: choice.agent.name,
        lane,
        attempt,
        notAfter,
        tasks: [index],
        why: choice.why,
      });
  }
  for (const group of groups.values()) emit(group);
  for (const [index, error] of failures) {
    if (!hasEnded(draft)) failTask(turn, index, error);
  }
  return { toEvaluate, more: queue.length > chosen.length && !hasEnded(draft) };
}

/** Urgent first; among equals, first ready first. */
function byPriority(turn: Turn, ready: readonly TaskIndex[]): readonly TaskIndex[] {
  const urgency = (index: TaskIndex): number => urgencyOf(turn.draft, taskAt(turn.draft, index));
  const first = ready[0];
  if (first === undefined || ready.every((index) => urgency(index) === urgency(first))) return ready;
  return ready.toSorted((a, b) => urgency(b) - urgency(a));
}

function noAgent(task: TaskState): ErrorReport {
  const { type, agent } = task.definition;
  const wanted =
    agent === undefined ? `an agent with the capability ${type}` : `agent ${agent} with the capability ${type}`;
  return {
    code: 'no_capable_agent',
    class: 'non_recoverable',
    message: `there is no ${wanted}; deploy one or correct the task's type`,
  };
}

/** One timer per run, at the earliest moment anything falls due. Only a turn that adds something earlier arms anew. */
function armTimer({ draft, events, emit, context }: Turn): void {
  let earliest = draft.timer === undefined ? draft.deadline : Number.POSITIVE_INFINITY;
  if (draft.timer === undefined) {
    for (const task of draft.tasks) {
      const waits = task.status === 'dispatched' || task.status === 'backoff';
      if (waits && task.due !== undefined && task.due < earliest) earliest = task.due;
    }
  } else {
    for (const event of events) {
      if (event.type === 'tasks_dispatched') earliest = Math.min(earliest, event.notAfter);
      if (event.type === 'retry_scheduled') earliest = Math.min(earliest, event.at);
    }
  }
  if (draft.timer === undefined || earliest < draft.timer)
    emit({ type: 'timer_armed', at: Math.max(earliest, context.now) });
}
