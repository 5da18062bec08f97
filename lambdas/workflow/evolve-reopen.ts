import { anew } from './begin-anew.ts';
import type { Draft } from './draft.ts';
import type { RunEvent } from './events.ts';
import { admitAnew } from './evolve-flow.ts';
import { voidOwn } from './evolve-own.ts';
import { dropStops } from './evolve-pause.ts';
import { relink } from './relink.ts';
import { type RunState, type TaskState, taskAt } from './state.ts';

/** A run that had failed goes on: what was done is kept, everything else begins again. */
export function reopened(draft: Draft, event: Extract<RunEvent, { type: 'run_reopened' }>, at: number): void {
  draft.received = new Set(draft.received).add(event.requestId);
  draft.phase = 'running';
  draft.deadline = event.deadline;
  draft.retries = 0;
  dropStops(draft);
  delete draft.endedAt;
  delete draft.error;
  delete draft.failedTask;
  delete draft.cancelReason;
  delete draft.taskToken;
  delete draft.timer;
  const kept = draft.tasks.map((task) => isKept(draft, task));
  for (const [index, task] of draft.tasks.entries()) {
    if (kept[index]) continue;
    voidOwn(draft, index, at);
    const fresh = { ...anew(task, task.definition, at), ...(task.unsure && { doubt: true as const }) };
    draft.tasks[index] = task.children ? { ...fresh, status: 'suspended', on: { for: 'items' } } : fresh;
  }
  relink(draft, at);
  admitAnew(draft, at);
}

/** Done, not wanted any more, or one of a task that is done without it, or delegates anew. */
export function isKept(state: Pick<RunState, 'runId' | 'tasks'>, task: TaskState): boolean {
  const { status, removed, undoOf, parent, owner } = task;
  if (status === 'completed' || status === 'skipped' || removed) return true;
  if (undoOf !== undefined || owner !== undefined) return true;
  return parent !== undefined && isKept(state, taskAt(state, parent));
}
