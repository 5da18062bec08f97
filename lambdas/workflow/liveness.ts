import { type AgentHealth, finishesItsWork, isInPool } from '../contracts/health.ts';
import { LIVENESS } from '../contracts/limits.ts';
import { laneOf } from '../contracts/priority.ts';
import type { TaskIndex } from './events.ts';
import { isDraining, REROUTES, recordSilence, reroute } from './failure.ts';
import { urgencyOf } from './line.ts';
import type { RunState, TaskState } from './state.ts';
import { workOf } from './task-types.ts';
import type { SignsOfLife, Turn } from './turn.ts';

/** Tasks whose signs of life a turn at `now` needs, and the inboxes to look into: `agent lane`. */
export function signsWanted(state: RunState, now: number): { tasks: TaskIndex[]; inboxes: Set<string> } {
  const tasks: TaskIndex[] = [];
  const inboxes = new Set<string>();
  state.tasks.forEach((task, index) => {
    if (task.status !== 'dispatched' || task.agent === undefined) return;
    if (now - task.since < LIVENESS.silentAfterMs) return;
    tasks.push(index);
    inboxes.add(inboxOf(state, task));
  });
  return { tasks, inboxes };
}

/** When a task that an agent holds must be looked at, if nothing is heard of it before. */
export function nextLook({ since }: TaskState, now: number): number {
  const first = since + LIVENESS.silentAfterMs;
  return first > now ? first : now + LIVENESS.recheckEveryMs;
}

/**
 * Looks after tasks that agents hold: one whose signs of life have stopped, or that was taken and never gave one, is lost
 * and goes elsewhere now, without waiting for its queue; one that merely waits at an agent which can't have it is moved.
 */
export function lookAfter(turn: Turn): void {
  const { draft, context } = turn;
  const { signs, now } = context;
  if (!signs) return;
  const agents = new Map(context.agents.map((agent) => [agent.name, agent]));
  for (const [index, task] of draft.tasks.entries()) {
    if (task.status !== 'dispatched' || task.agent === undefined) continue;
    if (now - task.since < LIVENESS.silentAfterMs) continue;
    const beat = signs.beats.get(index);
    if (beat !== undefined) {
      if (now - beat >= LIVENESS.silentAfterMs) silence(turn, index, task, 'its signs of life have stopped');
    } else if (isDrained(signs, draft, task)) {
      silence(turn, index, task, 'its message was taken and nothing was heard of it');
    } else {
      const health = agents.get(task.agent)?.load?.health;
      if (health && mayLoseWork(health)) moveAway(turn, index, task, health.issues);
    }
  }
}

/** One that drains does all that it was sent, however it does; from the others it is taken when they are not well. */
function mayLoseWork({ state, is_healthy }: AgentHealth): boolean {
  return !finishesItsWork(state) || (isInPool(state) && !is_healthy);
}

function silence(turn: Turn, index: TaskIndex, { agent, attempt }: TaskState, why: string): void {
  const message = `${agent} fell silent over attempt ${attempt}: ${why}`;
  recordSilence(turn, index, { code: 'agent_silent', class: 'recoverable', message });
}

/** Only to an agent that is better off: where all are ill, waiting is as good. */
function moveAway(turn: Turn, index: TaskIndex, task: TaskState, issues: readonly string[]): void {
  const { type, agent: only } = workOf(task);
  const { agent = '' } = task;
  const mayMove = type !== undefined && only === undefined && (task.rerouted ?? 0) < REROUTES;
  if (!mayMove || isDraining(turn, task)) return;
  const choice = turn
    .selector()
    .choose({ type, exclude: new Set([agent]), round: 0, looking: true }, turn.draft.inFlight);
  if (!('why' in choice) || choice.agent.load?.health?.is_healthy === false) return;
  reroute(turn, index, `${agent} is not well (${issues.join(', ') || 'out of the pool'}); the task had not begun`);
}

function isDrained(signs: SignsOfLife, state: RunState, task: TaskState): boolean {
  return signs.drained.has(inboxOf(state, task));
}

function inboxOf(state: Pick<RunState, 'definition' | 'request'>, task: TaskState): string {
  return `${task.agent} ${laneOf(urgencyOf(state, task))}`;
}
