import { LIMITS } from '../contracts/limits.ts';
import { letIn } from './admission.ts';
import { armTimer } from './arm-timer.ts';
import { beginTask } from './begin-task.ts';
import { dispatchesOf } from './dispatch.ts';
import { goOnCompensating } from './end-run.ts';
import type { TaskIndex } from './events.ts';
import { giveUp } from './failure.ts';
import { stopsOf } from './gates.ts';
import { isSkippedByDependencies } from './graph.ts';
import { urgencyOf } from './line.ts';
import { needsEvaluation } from './needs-evaluation.ts';
import { lacksPermit } from './permits.ts';
import { hasEnded, isOpen, isStopped, taskAt } from './state.ts';
import { type Asked, evaluationKey, type Questions, type Turn } from './turn.ts';

/** The end of every turn: begin what is ready, gather what is done, arm the timer, or end the run. */
export function schedule(turn: Turn): { questions: Questions; more: boolean } {
  const { draft, emit } = turn;
  const entry = letIn(turn);
  if (entry.asks) return { questions: { ...noQuestions(), admission: true }, more: false };
  if (entry.waits) {
    armTimer(turn);
    return { questions: noQuestions(), more: false };
  }
  const questions = noQuestions();
  let room: number = LIMITS.dispatchesPerTurn;
  let more = false;
  // What is done without an agent may make other tasks ready within the turn.
  for (let before = -1; before !== turn.events.length && isGoing(turn); ) {
    before = turn.events.length;
    gather(turn);
    if (!isStopped(draft)) ({ room, more } = beginReady(turn, room, questions));
    else skipUnwanted(turn);
    if (draft.phase === 'compensating' && questions.tasks.size === 0) goOnCompensating(turn);
  }
  if (questions.tasks.size === 0 && draft.phase === 'running' && draft.open === 0) emit({ type: 'run_completed' });
  if (!hasEnded(draft)) armTimer(turn);
  return hasEnded(draft) ? { questions: noQuestions(), more: false } : { questions, more };
}

const noQuestions = (): Asked => ({ evaluate: [], probes: [], tasks: new Set() });

const isGoing = ({ draft }: Turn): boolean => isOpen(draft);

/** A forEach whose tasks are all over is done; its result is the list of theirs. */
function gather({ draft, emit, context }: Turn): void {
  if (draft.phase !== 'running') return;
  for (const index of [...draft.gathered]) {
    const { since, attempt } = taskAt(draft, index);
    emit({ type: 'tasks_completed', done: [[index, Math.max(1, attempt), context.now - since, { value: null }]] });
  }
}

function beginReady(turn: Turn, room: number, questions: Asked): { room: number; more: boolean } {
  const { draft, emit, context } = turn;
  const queue = byUrgency(turn, draft.ready).filter((index) => !questions.tasks.has(index));
  const chosen = queue.slice(0, room);
  const skipped: TaskIndex[] = [];
  const dispatches = dispatchesOf(turn);
  const stops = stopsOf(turn);
  for (const index of chosen) {
    const task = taskAt(draft, index);
    if (task.status !== 'ready' || !isGoing(turn)) continue;
    if (isSkippedByDependencies(draft, task)) {
      skipped.push(index);
      continue;
    }
    if (lacksPermit(task)) {
      stops.ask(index);
      continue;
    }
    const evaluation = context.evaluated.get(evaluationKey(index, task));
    if (!evaluation && needsEvaluation(task)) {
      questions.evaluate.push(index);
      questions.tasks.add(index);
    } else if (evaluation && 'error' in evaluation) giveUp(turn, index, evaluation.error);
    else if (evaluation && 'when' in evaluation) skipped.push(index);
    else if (evaluation && 'gates' in evaluation) stops.set(index, evaluation.gates);
    else beginTask(turn, index, evaluation ?? {}, dispatches, questions);
  }
  dispatches.emit();
  stops.emit();
  const dropped = skipped.filter((index) => taskAt(draft, index).status === 'ready');
  if (dropped.length > 0) emit({ type: 'tasks_skipped', tasks: dropped });
  return { room: room - dispatches.count() - stops.count(), more: queue.length > chosen.length };
}

/** A stop keeps tasks from beginning; what never will is over all the same, and with the last of it the run. */
function skipUnwanted({ draft, emit }: Turn): void {
  const tasks = draft.ready.filter((index) => isSkippedByDependencies(draft, taskAt(draft, index)));
  if (tasks.length > 0) emit({ type: 'tasks_skipped', tasks });
}

/** Urgent first; among equals, first ready first. */
function byUrgency({ draft }: Turn, ready: readonly TaskIndex[]): readonly TaskIndex[] {
  const urgency = (index: TaskIndex): number => urgencyOf(draft, taskAt(draft, index));
  const first = ready[0];
  if (first === undefined || ready.every((index) => urgency(index) === urgency(first))) return ready;
  return ready.toSorted((a, b) => urgency(b) - urgency(a));
}
