import { LIVENESS } from '../contracts/limits.ts';
import { nextReminder } from './ask-ladder.ts';
import { REPORT_GRACE_MS } from './end-run.ts';
import type { RunEvent } from './events.ts';
import { hasClock } from './evolve-pause.ts';
import { nextLook } from './liveness.ts';
import { isStopped, type RunState, type TaskState, taskAt } from './state.ts';
import type { Turn } from './turn.ts';
import { REMIND_MS, someWait } from './waits-at-gates.ts';

const LOOK_MS = { paused: 86_400_000, held: 3_600_000 };
/** After these the earliest moment is found anew, whatever timer is armed. */
const MOVES_CLOCKS: ReadonlySet<RunEvent['type']> = new Set([
  'run_held',
  'run_released',
  'run_resumed',
  'run_edited',
  'run_reopened',
]);

/** The longest delay of a message: until a timer is no further off, the sweeper keeps it. */
export const LONGEST_TIMER_MS = 900_000;

/**
 * One timer per run, at the earliest moment anything falls due. Only a turn that adds something earlier arms anew; and the
 * first that sees one come within reach, so that a long wait ends as punctually as a short one.
 */
export function armTimer({ draft, events, emit, context }: Turn): void {
  const { now } = context;
  const stopped = isStopped(draft);
  const anew = draft.timer === undefined || events.some(({ type }) => MOVES_CLOCKS.has(type));
  let earliest = anew ? endOf(draft, now) : Number.POSITIVE_INFINITY;
  if (anew) {
    if (someWait(draft)) earliest = Math.min(earliest, now + REMIND_MS);
    for (const task of draft.tasks) {
      if (!stopped || !hasClock(task)) earliest = Math.min(earliest, dueOf(task, now));
    }
  } else {
    for (const event of events) {
      if (event.type === 'tasks_dispatched')
        earliest = Math.min(earliest, event.notAfter, now + LIVENESS.silentAfterMs);
      if (event.type === 'retry_scheduled') earliest = Math.min(earliest, event.at);
      if (event.type === 'task_suspended') {
        earliest = Math.min(earliest, event.until ?? earliest, nextReminder(taskAt(draft, event.task)));
      }
      if (event.type === 'tasks_held') earliest = Math.min(earliest, event.until);
      if (event.type === 'permits_asked' || event.type === 'gate_passed' || event.type === 'batch_left')
        earliest = Math.min(earliest, now + REMIND_MS);
      if (event.type === 'admission_begun') earliest = Math.min(earliest, event.until ?? earliest, now + REMIND_MS);
      if (event.type === 'run_admitted') earliest = Math.min(earliest, event.deadline);
      if (event.type === 'compensation_begun') earliest = Math.min(earliest, event.deadline);
    }
  }
  if (draft.timer === undefined || earliest < draft.timer) emit({ type: 'timer_armed', at: Math.max(earliest, now) });
  else if (comesIntoReach(draft, now)) emit({ type: 'timer_armed', at: draft.timer });
}

function comesIntoReach({ timer = 0, timerSetAt = 0 }: Turn['draft'], now: number): boolean {
  return timer - timerSetAt > LONGEST_TIMER_MS && timer > now && timer - now <= LONGEST_TIMER_MS;
}

/** While the run stands still it is looked at now and then, should the word that it goes on have been lost. */
function endOf(state: RunState, now: number): number {
  if (!isStopped(state)) return state.deadline;
  return now + (state.held === undefined ? LOOK_MS.paused : LOOK_MS.held);
}

/** An attempt that is void already is awaited for its report a while longer, when the run is being taken back. */
function dueOf(task: TaskState, now: number): number {
  const { status, due = Number.POSITIVE_INFINITY } = task;
  if (status === 'suspended') return Math.min(due, nextReminder(task));
  if (status === 'backoff') return due;
  if (status !== 'dispatched') return Number.POSITIVE_INFINITY;
  return Math.min(due > now ? due : due + REPORT_GRACE_MS, nextLook(task, now));
}
