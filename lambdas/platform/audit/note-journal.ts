import type { Noted } from '../../audit/append.ts';
import { foldRecords } from '../../audit/journal-records.ts';
import { checkJournal } from '../../audit/verify-journal.ts';
import type { AuditNote, AuditRecord, RootRecord, SecurityRecord } from '../../contracts/audit.ts';
import { openDocuments } from '../../workflow/documents.ts';
import { hasEnded } from '../../workflow/state.ts';
import type { AuditPorts } from './audit-ports.ts';

type JournalNote = Extract<AuditNote, { note: 'journal' }>;

/**
 * What a journal says since the audit last heard of it, and its root. The journal is read and hashed anew: one that says
 * something else than its coordinator had written is told of at once.
 * @param before in the same batch
 */
export async function noteJournal(
  { run_id, seq, hash, chain }: JournalNote,
  before: readonly Noted[],
  { auditStore, journal, blobs, clock }: AuditPorts,
): Promise<AuditRecord[]> {
  const anchored = Math.max((await auditStore.anchorOf(run_id))?.seq ?? 0, lastRoot(run_id, before));
  if (anchored >= seq) return [];
  const claim = (ref: Parameters<typeof blobs.get>[0]) => blobs.get(ref);
  const entries = (await journal.read(run_id, 0)).filter((entry) => entry.seq <= seq);
  const common = { at: clock.now(), tenant: chain, run_id };
  const root: RootRecord = { kind: 'root', ...common, seq, hash, ended: false };
  const faults = await checkJournal(run_id, entries, [root], claim);
  const [fault] = faults;
  if (fault) {
    const reason = `the journal of ${run_id} is not what was written: ${fault.message}`.slice(0, 500);
    const event = {
      kind: 'audit_broken',
      at: common.at,
      reason,
      code: fault.code,
      tenant: chain,
      target: run_id,
    } as const;
    return [{ kind: 'security', ...common, event } satisfies SecurityRecord, root];
  }
  const opened = await openDocuments(entries, claim);
  const { state, records } = foldRecords(run_id, opened, anchored);
  const about = { correlation_id: state.request.correlation_id, ended: hasEnded(state) };
  return [...records, { ...root, ...about }];
}

function lastRoot(runId: string, noted: readonly Noted[]): number {
  const roots = noted.flatMap(({ records }) =>
    records.flatMap((record) => (record.kind === 'root' && record.run_id === runId ? [record.seq] : [])),
  );
  return Math.max(0, ...roots);
}
