import type { ChildEnded } from '../contracts/messages.ts';
import { recordFailure } from './failure.ts';
import type { Turn } from './turn.ts';
import { doneOf } from './usage.ts';

/** A sub-workflow has ended: its result is the task's, its failure an attempt's. */
export function handleChildEnded(turn: Turn, payload: ChildEnded): void {
  const { draft, emit } = turn;
  const index = draft.indexOf.get(payload.task_id);
  const task = index === undefined ? undefined : draft.tasks[index];
  if (index === undefined || !task || task.on?.for !== 'run') return;
  if (task.status !== 'suspended' || task.on.runId !== payload.child_run_id) return;
  const { outcome, usage } = payload;
  if ('error' in outcome) recordFailure(turn, index, outcome.error, undefined, usage);
  else emit({ type: 'tasks_completed', done: [doneOf(index, { ...payload, ...outcome })] });
}
