import { LIVENESS } from '../contracts/limits.ts';
import { REPORT_GRACE_MS } from './end-run.ts';
import { nextLook } from './liveness.ts';
import type { TaskState } from './state.ts';
import type { Turn } from './turn.ts';

/** The longest delay of a message: until a timer is no further off, the sweeper keeps it. */
export const LONGEST_TIMER_MS = 900_000;

/**
 * One timer per run, at the earliest moment anything falls due. Only a turn that adds something earlier arms anew; and the
 * first that sees one come within reach, so that a long wait ends as punctually as a short one.
 */
export function armTimer({ draft, events, emit, context }: Turn): void {
  const { now } = context;
  let earliest = draft.timer === undefined ? draft.deadline : Number.POSITIVE_INFINITY;
  if (draft.timer === undefined) {
    for (const task of draft.tasks) earliest = Math.min(earliest, dueOf(task, now));
  } else {
    for (const event of events) {
      if (event.type === 'tasks_dispatched')
        earliest = Math.min(earliest, event.notAfter, now + LIVENESS.silentAfterMs);
      if (event.type === 'retry_scheduled') earliest = Math.min(earliest, event.at);
      if (event.type === 'task_suspended') earliest = Math.min(earliest, event.until ?? earliest);
      if (event.type === 'tasks_held') earliest = Math.min(earliest, event.until);
      if (event.type === 'compensation_begun') earliest = Math.min(earliest, event.deadline);
    }
  }
  if (draft.timer === undefined || earliest < draft.timer) emit({ type: 'timer_armed', at: Math.max(earliest, now) });
  else if (comesIntoReach(draft, now)) emit({ type: 'timer_armed', at: draft.timer });
}

function comesIntoReach({ timer = 0, timerSetAt = 0 }: Turn['draft'], now: number): boolean {
  return timer - timerSetAt > LONGEST_TIMER_MS && timer > now && timer - now <= LONGEST_TIMER_MS;
}

/** An attempt that is void already is awaited for its report a while longer, when the run is being taken back. */
function dueOf(task: TaskState, now: number): number {
  const { status, due = Number.POSITIVE_INFINITY } = task;
  if (status === 'backoff' || status === 'suspended') return due;
  if (status !== 'dispatched') return Number.POSITIVE_INFINITY;
  return Math.min(due > now ? due : due + REPORT_GRACE_MS, nextLook(task, now));
}
