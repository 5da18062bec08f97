import { LIMITS } from '../contracts/limits.ts';
import type { Suspension, TaskIndex } from './events.ts';
import { hasEnded, type MailboxEvent, taskAt } from './state.ts';
import type { Turn, TurnInput } from './turn.ts';

/**
 * An event for this run, which may not have begun: it is kept until a task asks for it. The same id counts once.
 */
export function handleEvent(turn: Turn, { messageId, payload }: Extract<TurnInput, { type: 'deliver_event' }>): void {
  const { draft, emit } = turn;
  const { event_id: id, event, key } = payload;
  if (hasEnded(draft) || draft.received.has(id)) return;
  if (draft.mailbox.length >= LIMITS.mailbox) {
    const reason = `the run keeps ${LIMITS.mailbox} events that no task has taken; "${event}" is one too many`;
    emit({ type: 'message_refused', messageId, code: 'mailbox_full', reason });
    return;
  }
  emit({ type: 'event_received', id, event, payload: payload.payload, ...(key !== undefined && { key }) });
  const waiting = draft.tasks.findIndex(
    ({ status, on }) =>
      status === 'suspended' &&
      on?.for === 'event' &&
      matches(on, { id, event, ...(key !== undefined && { key }), payload: payload.payload }),
  );
  if (waiting >= 0) takeEvent(turn, waiting);
}

/** Completes a task with the oldest event that it waits for; false when there is none yet. */
export function takeEvent({ draft, emit, context }: Turn, index: TaskIndex, wait?: Wait): boolean {
  const task = taskAt(draft, index);
  const on = wait ?? (task.on?.for === 'event' ? task.on : undefined);
  const found = on && draft.mailbox.find((event) => matches(on, event));
  if (!found) return false;
  emit({ type: 'event_taken', task: index, id: found.id });
  const isWaiting = task.status === 'suspended';
  const waited = isWaiting ? context.now - task.since : 0;
  const attempt = isWaiting ? task.attempt : task.attempt + 1;
  emit({ type: 'tasks_completed', done: [[index, attempt, waited, found.payload]] });
  return true;
}

type Wait = Extract<Suspension, { for: 'event' }>;

function matches({ event, key }: Wait, received: MailboxEvent): boolean {
  return received.event === event && (key === undefined || received.key === key);
}
