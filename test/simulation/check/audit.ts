import { decodeObject } from '../../../lambdas/audit/audit-object.ts';
import { verifyAudit } from '../../../lambdas/audit/verify.ts';
import type { AuditRecord } from '../../../lambdas/contracts/audit.ts';
import type { PlayedHistory } from '../played.ts';

const ENDED = ['completed', 'failed', 'cancelled'];

/**
 * Invariant A: journals and the audit's objects are chained without a break, every run that ended has the root of its whole
 * journal there, and every message that a turn has worked on has one line: none is missing, none is there twice.
 */
export async function checkAudit({ platform, busy }: PlayedHistory): Promise<string[]> {
  if (busy !== undefined) return [];
  const { auditStore, journal, blobs, runs } = platform.world;
  const { findings } = await verifyAudit({ auditStore, journal, blobs });
  const faults = findings.map(({ code, message }) => `A: ${code}: ${message}`);
  const records = [...auditStore.objects.values()].flatMap(({ text }) => decodeObject(text).records);
  const byRun = Map.groupBy(records, ({ run_id }) => run_id ?? '');
  for (const { runId, status } of await runs.list('default', 1_000)) {
    const entries = await journal.read(runId, 0);
    const noted = byRun.get(runId) ?? [];
    const root = Math.max(0, ...noted.flatMap((record) => (record.kind === 'root' ? [record.seq] : [])));
    const ended = entries.findLast(({ events }) => events.some(({ type }) => ENDS.has(type)))?.seq ?? 0;
    if (ENDED.includes(status) && root < ended)
      faults.push(`A: ${runId} has ${status} with entry ${ended}, and the audit knows it up to ${root}`);
    const heard = entries.filter(({ seq }) => seq <= root).flatMap((entry) => (entry.heard ?? []).map(([id]) => id));
    faults.push(...differences(runId, heard, noted));
  }
  return faults;
}

const ENDS: ReadonlySet<string> = new Set(['run_completed', 'run_failed', 'run_cancelled']);

function differences(runId: string, heard: readonly string[], noted: readonly AuditRecord[]): string[] {
  const lines = noted.flatMap((record) =>
    record.kind === 'message' && record.action !== 'published' && record.sender !== 'unknown'
      ? [record.message_id]
      : [],
  );
  const [expected, found] = [heard.toSorted(), lines.toSorted()];
  if (expected.join() === found.join()) return [];
  return [`A: ${runId} has heard ${expected.length} messages up to its root, and the audit has ${found.length} lines`];
}
