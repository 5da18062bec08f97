import type { RunEvent } from '../../../lambdas/workflow/events.ts';
import type { JournalEntry } from '../../../lambdas/workflow/journal.ts';
import { CONTROL } from './control.ts';
import { ENTRY } from './entry.ts';
import type { Folds } from './folds.ts';
import { add, expand, planUndo } from './growing.ts';
import { disown, OWNING, settleOwners } from './owning.ts';
import { expect, hasEnded, isOver, isSettled, type RunView, type TaskView } from './run-view.ts';
import { cancel, complete, dispatch, mayBegin, move } from './task-moves.ts';

/** Folds a run's journal, its documents fetched, and notes in `faults` whatever no journal may hold. */
export function viewOf(runId: string, entries: readonly JournalEntry[]): RunView {
  const view: RunView = {
    ...{ runId, phase: 'new', tasks: [], byId: new Map(), deadline: 0, at: 0, endedAt: 0, completed: 0, retries: 0 },
    ...{ stops: new Set(), turnedDown: new Set(), reopened: 0, entry: 'free' },
    ...{ waiting: new Map(), received: new Set(), taken: new Set(), refused: [], silences: [], faults: [] },
    ...{ owners: new Set(), givenUp: [], overslept: 0 },
  };
  let before: JournalEntry | undefined;
  for (const entry of entries) {
    const { seq, at, confirmed } = entry;
    expect(view, seq === (before?.seq ?? 0) + 1, `entry ${seq} follows ${before?.seq ?? 'nothing'}`);
    expect(view, at >= (before?.at ?? 0), `time runs back at entry ${seq}`);
    expect(view, confirmed < seq && confirmed >= (before?.confirmed ?? 0), `entry ${seq} confirms ${confirmed}`);
    expect(view, entry.events.length > 0, `entry ${seq} says nothing`);
    view.at = at;
    const wasOver = hasEnded(view);
    for (const event of entry.events) fold(view, event, entry);
    if (!wasOver && hasEnded(view)) view.endedAt = at;
    // A pause or a hold keeps tasks from beginning, not a run from its end.
    const rests = view.phase === 'running' && view.leader === undefined && view.tasks.every(isOver);
    expect(view, !rests, `the run goes on after entry ${seq}, though all of its tasks are over`);
    before = entry;
  }
  return view;
}

/** What may still be said of a run that has ended. */
const AFTER_THE_END: ReadonlySet<RunEvent['type']> = new Set([
  'message_refused',
  'token_replaced',
  'cancel_requested',
  'run_reopened',
]);
/** What may be said of a run that has not begun. */
const BEFORE_THE_START: ReadonlySet<RunEvent['type']> = new Set([
  'message_refused',
  'cancel_requested',
  'event_received',
  'run_started',
]);

function fold(view: RunView, event: RunEvent, { seq, at }: JournalEntry): void {
  const { type } = event;
  if (hasEnded(view)) expect(view, AFTER_THE_END.has(type), `${type} after the run's end (entry ${seq})`);
  if (view.phase === 'new') expect(view, BEFORE_THE_START.has(type), `${type} before the run's start`);
  const asked = 'requestId' in event ? event.requestId : 'eventId' in event ? event.eventId : undefined;
  const wasRefused = asked !== undefined && view.turnedDown.has(asked);
  expect(view, !wasRefused, `${type} in entry ${seq}, though whoever asked for it had been refused`);
  const handle = FOLDS[type] as ((view: RunView, event: RunEvent, at: number) => void) | undefined;
  handle?.(view, event, at);
  if (view.owners.size > 0) settleOwners(view);
}

/** Hands over the tasks of an event; one that the run does not have is a breach. */
function each(view: RunView, indices: readonly number[], type: string, visit: (task: TaskView) => void): void {
  for (const index of indices) {
    const task = view.tasks[index];
    expect(view, task !== undefined, `${type} speaks of a task that the run does not have`);
    if (task) visit(task);
  }
}

const FOLDS: Folds = {
  run_started(view, { deadline, definition }) {
    expect(view, view.phase === 'new', 'the run started twice');
    view.phase = 'running';
    view.deadline = deadline;
    if (!('value' in definition)) return;
    view.definition = definition.value;
    for (const task of definition.value.tasks) add(view, task);
    if (definition.value.admission) view.entry = 'waiting';
  },
  tasks_added(view, { tasks }) {
    if ('value' in tasks) for (const definition of tasks.value) add(view, definition);
  },
  items_expanded: (view, { type, task, items }) =>
    each(view, [task], type, (parent) => expand(view, parent, 'value' in items ? items.value : [])),
  undo_planned(view, { tasks }) {
    const isTime = view.phase === 'compensating' && view.undoPlan === undefined;
    expect(view, isTime, 'undos planned twice, or without need');
    planUndo(view, tasks);
  },
  tasks_dispatched: (view, event, at) => each(view, event.tasks, event.type, (task) => dispatch(view, task, event, at)),
  tasks_completed(view, { type, done }, at) {
    for (const [index, attempt, , result] of done)
      each(view, [index], type, (task) => {
        wakeUp(view, task, at);
        complete(view, task, attempt, result);
      });
  },
  attempt_failed: (view, event) => each(view, [event.task], event.type, (task) => failAttempt(view, task, event)),
  retry_scheduled: (view, { type, task }) =>
    each(view, [task], type, (one) => move(view, one, ['backoff'], 'backoff', type)),
  retry_due: (view, { type, tasks }) => each(view, tasks, type, (one) => move(view, one, ['backoff'], 'open', type)),
  tasks_resumed: (view, { type, tasks }) =>
    each(view, tasks, type, (one) => move(view, one, ['suspended'], 'open', type)),
  tasks_held: (view, { type, tasks }) =>
    each(view, tasks, type, (one) => move(view, one, ['open', 'suspended'], 'suspended', type)),
  task_suspended: (view, { type, task, attempt, on, until }, at) =>
    each(view, [task], type, (one) => {
      if (on.for === 'time') fallAsleep(view, one, until, at);
      move(view, one, ['open', 'backoff', 'suspended'], 'suspended', type);
      mayBegin(view, one, type);
      one.attempt = attempt;
      if (on.for === 'decision') view.waiting.set(one.id, on.id);
      if (on.for === 'decision' && on.pauses && on.error?.code !== 'unknown_outcome') one.pauses = true;
      else delete one.pauses;
    }),
  fallback_chosen: (view, { type, task }) =>
    each(view, [task], type, (one) => {
      const has = one.definition.fallback !== undefined && !one.usesFallback;
      expect(view, has, `${one.id} falls back on nothing, or twice`);
      one.usesFallback = true;
      disown(view, one);
      one.spent = 0;
      move(view, one, ['open', 'backoff', 'suspended', 'dispatched'], 'open', type);
    }),
  decision_taken: (view, { type, task, id, decision }) =>
    each(view, [task], type, (one) => {
      const isOpen = one.status === 'suspended' && view.waiting.get(one.id) === id;
      expect(view, isOpen, `${one.id} got an answer to ${id}, which is not its open question`);
      view.waiting.delete(one.id);
      delete one.pauses;
      one.decision = decision;
      if (decision !== 'retry') return;
      one.status = 'open';
      one.spent = 0;
    }),
  task_failed: (view, { type, task, error, tolerated }) =>
    each(view, [task], type, (one) => {
      expect(view, !isOver(one), `${one.id} failed, but it is ${one.status}`);
      one.status = 'failed';
      if (view.phase === 'compensating') one.late = true;
      one.error = error;
      one.tolerated = tolerated === true;
      for (const child of one.children ?? []) cancel(view, view.byId.get(child));
    }),
  tasks_skipped: (view, { type, tasks }) =>
    each(view, tasks, type, (one) => move(view, one, ['open'], 'skipped', type)),
  event_received(view, { id }) {
    expect(view, !view.received.has(id), `event ${id} counts twice`);
    view.received.add(id);
  },
  event_taken(view, { id }) {
    expect(view, view.received.has(id) && !view.taken.has(id), `event ${id} was taken twice, or never came`);
    view.taken.add(id);
  },
  ...CONTROL,
  ...ENTRY,
  ...OWNING,
  message_refused(view, { code, requestId }) {
    view.refused.push(code);
    if (requestId !== undefined) view.turnedDown.add(requestId);
  },
  compensation_begun(view, { deadline }) {
    expect(view, view.phase === 'running', 'compensation began twice');
    view.phase = 'compensating';
    view.stops.clear();
    for (const task of view.tasks) if (task.status !== 'dispatched') cancel(view, task);
    view.deadline = deadline;
  },
  run_completed(view) {
    if (view.leader !== undefined) {
      view.phase = 'completed';
      for (const task of view.tasks) cancel(view, task);
      return;
    }
    expect(view, view.phase === 'running', 'a compensated run completed');
    // The tasks of a forEach are its own affair.
    const open = view.tasks.filter((task) => !isSettled(task) && task.parent === undefined && task.owner === undefined);
    const names = open.map(({ id, status }) => `${id} (${status})`).join(', ');
    expect(view, open.length === 0, `the run completed without ${names}`);
    view.phase = 'completed';
  },
  run_failed(view, { error, task }) {
    view.phase = 'failed';
    view.error = error;
    if (task !== undefined) view.failedTask = view.tasks[task]?.id ?? '?';
    for (const task of view.tasks) cancel(view, task);
  },
  run_cancelled(view, { by, reason }) {
    view.phase = 'cancelled';
    view.cancelled = { by, reason };
    for (const task of view.tasks) cancel(view, task);
  },
};

function failAttempt(view: RunView, task: TaskView, event: Extract<RunEvent, { type: 'attempt_failed' }>): void {
  const { attempt, silent, unsure, rerouted, error, willRetry } = event;
  const isUnderWay = task.status === 'dispatched' || task.status === 'suspended' || task.status === 'open';
  expect(view, isUnderWay, `attempt of ${task.id} failed while ${task.status}`);
  expect(view, attempt === task.attempt, `attempt ${attempt} of ${task.id} failed, but ${task.attempt} was under way`);
  task.status = 'backoff';
  if (unsure) task.unsure = true;
  if (silent) {
    task.unsure = true;
    view.silences.push({ task, attempt });
  }
  if (error.class === 'non_recoverable') task.refused += 1;
  if (rerouted) return;
  task.spent += 1;
  if (willRetry) view.retries += 1;
  else if (!silent && view.phase === 'running') view.givenUp.push({ task, spent: task.spent, code: error.code });
  checkRetryBudget(view);
}

function fallAsleep(view: RunView, task: TaskView, until: number | undefined, at: number): void {
  const { seconds = 0, until: time } = task.definition.sleep ?? {};
  const end = time === undefined ? at + seconds * 1_000 : Date.parse(time);
  expect(view, until === end, `${task.id} is to sleep until ${until}, which should be ${end}`);
  task.sleepsUntil = end;
}

/** Nobody sleeps shorter than planned. */
function wakeUp(view: RunView, task: TaskView, at: number): void {
  if (task.sleepsUntil === undefined) return;
  expect(view, at >= task.sleepsUntil, `${task.id} woke ${task.sleepsUntil - at} ms too early`);
  view.overslept = Math.max(view.overslept, at - task.sleepsUntil);
}

function checkRetryBudget(view: RunView): void {
  if (view.phase !== 'running') return;
  const { reserve, ratio } = view.definition?.retryBudget ?? { reserve: 20, ratio: 1 };
  if (view.retries > reserve + ratio * view.completed)
    view.faults.push(`B: ${view.retries} retries with ${view.completed} tasks completed`);
}
