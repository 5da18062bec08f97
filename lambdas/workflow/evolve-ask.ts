import { change, type Draft } from './draft.ts';
import type { RunEvent, Suspension } from './events.ts';
import { taskAt } from './state.ts';

/** A reminder was sent: those whose time has come by then are not sent any more. */
export function reminded(draft: Draft, event: Extract<RunEvent, { type: 'decision_reminded' }>, at: number): void {
  const { on } = taskAt(draft, event.task);
  if (on?.for !== 'decision') return;
  change(draft, event.task, { on: withoutDue(on, event, at) });
}

function withoutDue(
  on: Extract<Suspension, { for: 'decision' }>,
  { reminder, to }: Extract<RunEvent, { type: 'decision_reminded' }>,
  at: number,
): Suspension {
  const { remindAt, second, ...rest } = on;
  const later = remindAt?.filter((time) => time > at) ?? [];
  return {
    ...rest,
    reminders: reminder,
    ...(later.length > 0 && { remindAt: later }),
    ...(second && to !== second.to && { second }),
  };
}
