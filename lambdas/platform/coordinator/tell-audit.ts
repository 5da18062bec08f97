import type { AuditNote } from '../../contracts/audit.ts';
import type { RunEvent } from '../../workflow/events.ts';
import type { JournalEntry } from '../../workflow/journal.ts';
import type { RunState } from '../../workflow/state.ts';
import type { CoordinatorPorts } from './coordinator-ports.ts';

/** The audit hears of a long run at least this often: what came since could be changed unseen by who may write the table. */
const EVERY_ENTRIES = 64;

/** What people decide, what was refused, and how a run ends is heard of at once. */
const AT_ONCE: ReadonlySet<RunEvent['type']> = new Set([
  'run_forked',
  'decision_taken',
  'message_refused',
  'run_paused',
  'run_resumed',
  'run_edited',
  'run_reopened',
  'cancel_requested',
  'compensation_begun',
  'run_completed',
  'run_failed',
  'run_cancelled',
]);

/**
 * Says how far the journal has come, and its hash there: from then on nothing before it can be changed unseen. Said again
 * after a crash; the audit knows the repetition. What the journal says is read there, not told here.
 */
export async function tellAudit(
  state: RunState,
  entries: readonly JournalEntry[],
  { queues, auditQueue }: Pick<CoordinatorPorts, 'queues' | 'auditQueue'>,
): Promise<void> {
  const last = entries.findLast(
    ({ seq, events }) => seq % EVERY_ENTRIES === 0 || events.some(({ type }) => AT_ONCE.has(type)),
  );
  if (last?.hash === undefined) return;
  const { seq, hash } = last;
  const chain = state.request.tenant;
  const id = `${state.runId}/${seq}`;
  const note: AuditNote = { note: 'journal', id, chain, run_id: state.runId, seq, hash };
  await queues.send(auditQueue, [{ body: JSON.stringify(note), groupId: chain, deduplicationId: id }]);
}
