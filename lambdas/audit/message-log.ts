import type { AuditRecord, MessageRecord } from '../contracts/audit.ts';
import type { AuditStore } from '../runtime/audit-store.ts';
import type { Blobs, RunRecord, Runs } from '../runtime/ports.ts';
import { openDocuments } from '../workflow/documents.ts';
import type { Journal } from '../workflow/journal.ts';
import { decodeObject } from './audit-object.ts';
import { journalRecords } from './journal-records.ts';

export interface MessageLogPorts {
  readonly runs: Pick<Runs, 'list' | 'correlated'>;
  readonly journal: Pick<Journal, 'read'>;
  readonly blobs: Pick<Blobs, 'get'>;
}

/** Runs that one answer looks into, at most. */
const MOST_RUNS = 50;

export interface MessageLogQuery {
  readonly tenant: string;
  /** Default: of the newest runs. */
  readonly correlationId?: string;
  /** Lines, the newest ones. */
  readonly limit: number;
}

/**
 * The seed documents' message log: who sent what to whom, and when, without any body. Up to date with the journals; what
 * the audit keeps of it for good comes from the same place.
 * @returns the newest first
 */
export async function readMessageLog(
  { tenant, correlationId, limit }: MessageLogQuery,
  ports: MessageLogPorts,
): Promise<MessageRecord[]> {
  const { runs } = ports;
  const found =
    correlationId === undefined
      ? await runs.list(tenant, Math.min(MOST_RUNS, limit))
      : await runs.correlated(tenant, correlationId, MOST_RUNS);
  const lines: MessageRecord[] = [];
  for (const run of found) {
    // A run says nothing from before it was asked for: what is older than enough lines need not be read.
    if (correlationId === undefined && lines.length >= limit) break;
    lines.push(...(await linesOf(run, ports)));
  }
  return lines.sort((a, b) => b.at - a.at).slice(0, limit);
}

async function linesOf({ runId }: RunRecord, { journal, blobs }: MessageLogPorts): Promise<MessageRecord[]> {
  const entries = await openDocuments(await journal.read(runId, 0), (ref) => blobs.get(ref));
  return journalRecords(runId, entries).flatMap((record) => (record.kind === 'message' ? [record] : []));
}

/** Everything that the audit has of a correlation, in the order in which it was noted. */
export async function searchAudit(
  chain: string,
  correlationId: string,
  store: Pick<AuditStore, 'findCorrelation' | 'read'>,
): Promise<AuditRecord[]> {
  const found: AuditRecord[] = [];
  for (const seq of await store.findCorrelation(chain, correlationId)) {
    const text = await store.read(chain, seq);
    if (text === undefined) continue;
    found.push(...decodeObject(text).records.filter((record) => record.correlation_id === correlationId));
  }
  return found;
}
