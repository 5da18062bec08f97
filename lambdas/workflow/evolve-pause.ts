import type { Draft } from './draft.ts';
import type { RunEvent, Suspension } from './events.ts';
import type { TaskState } from './state.ts';

type Event<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

/** From here on nothing begins, and the run's clocks stand still. Its lifecycle execution is let go. */
export function stop(draft: Draft, event: Event<'run_paused' | 'run_held'>, at: number): void {
  if (event.type === 'run_held') draft.held = event.reason;
  else {
    draft.paused = { reason: event.reason, ...(event.by !== undefined && { by: event.by }) };
    if (event.requestId !== undefined) draft.received = new Set(draft.received).add(event.requestId);
  }
  draft.stoppedAt ??= at;
  delete draft.taskToken;
}

/** Its clocks go on where they stood, once nothing stops it any more. */
export function goOn(draft: Draft, event: Event<'run_resumed' | 'run_released'>, at: number): void {
  if (event.type === 'run_released') delete draft.held;
  else {
    delete draft.paused;
    draft.retries = 0;
    if (event.requestId !== undefined) draft.received = new Set(draft.received).add(event.requestId);
  }
  if (draft.paused || draft.held !== undefined || draft.stoppedAt === undefined) return;
  const stood = at - draft.stoppedAt;
  delete draft.stoppedAt;
  draft.deadline = event.deadline;
  draft.tasks.forEach((task, index) => {
    // What was to last until a certain time does, whatever came between.
    const until = task.on?.for === 'time' && task.definition.sleep?.until !== undefined;
    if (hasClock(task) && !until) draft.tasks[index] = later(task, stood);
  });
}

/** A run that ends, or is taken back, stands still no longer. */
export function dropStops(draft: Draft): void {
  delete draft.paused;
  delete draft.held;
  delete draft.stoppedAt;
}

const WITH_CLOCK: ReadonlyArray<Suspension['for'] | undefined> = ['event', 'decision', 'run', 'time'];

/** Waits whose time does not pass while the run stands still: for events, people, sub-workflows, or for so long. */
export function hasClock({ status, on }: TaskState): boolean {
  return status === 'suspended' && WITH_CLOCK.includes(on?.for);
}

function later(task: TaskState, ms: number): TaskState {
  const { due, on } = task;
  return {
    ...task,
    ...(due !== undefined && { due: due + ms }),
    ...(on?.for === 'decision' && { on: remindLater(on, ms) }),
  };
}

function remindLater(on: Extract<Suspension, { for: 'decision' }>, ms: number): Suspension {
  const { remindAt, second } = on;
  return {
    ...on,
    ...(remindAt && { remindAt: remindAt.map((at) => at + ms) }),
    ...(second && { second: { ...second, at: second.at + ms } }),
  };
}
