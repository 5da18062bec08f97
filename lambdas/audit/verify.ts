import { PLATFORM_CHAIN, type RootRecord } from '../contracts/audit.ts';
import { MusterError } from '../contracts/errors.ts';
import type { AuditStore } from '../runtime/audit-store.ts';
import type { Blobs } from '../runtime/ports.ts';
import type { Journal } from '../workflow/journal.ts';
import type { Finding } from './finding.ts';
import { type ChainReport, type Period, verifyChain } from './verify-chain.ts';
import { checkJournal } from './verify-journal.ts';

export interface VerifyPorts {
  readonly auditStore: Pick<AuditStore, 'head' | 'heads' | 'list' | 'read' | 'chains' | 'anchorOf'>;
  readonly journal: Pick<Journal, 'read'>;
  readonly blobs: Pick<Blobs, 'get'>;
}

export interface AuditReport {
  readonly chains: readonly Omit<ChainReport, 'roots' | 'heads' | 'erased'>[];
  /** Runs whose journals were held against their roots. */
  readonly runs: number;
  readonly findings: readonly Finding[];
}

/** Journals read at once. */
const AT_ONCE = 8;

/**
 * All chains, and the journals of all runs that they have roots of.
 * @param known where chains stood, as somebody has kept it outside: `chain` → number and hash of an object
 */
export async function verifyAudit(
  { auditStore, journal, blobs }: VerifyPorts,
  options: {
    readonly chain?: string;
    readonly known?: ReadonlyArray<{ chain: string; seq: number; hash: string }>;
  } & Period = {},
): Promise<AuditReport> {
  const { chain: only, known = [], ...period } = options;
  const told = (chain: string) => known.filter((head) => head.chain === chain);
  const platform = await verifyChain(PLATFORM_CHAIN, auditStore, told(PLATFORM_CHAIN), period);
  const names = new Set([
    ...(await auditStore.chains()),
    ...(await auditStore.heads()).map(({ chain }) => chain),
    ...[...platform.heads, ...known].map(({ chain }) => chain),
  ]);
  names.delete(PLATFORM_CHAIN);
  const reports: ChainReport[] = [platform];
  for (const chain of [...names].sort()) {
    if (only !== undefined && chain !== only) continue;
    const stood = [...platform.heads.filter((head) => head.chain === chain), ...told(chain)];
    reports.push(await verifyChain(chain, auditStore, stood, period));
  }
  const erased = new Set(reports.flatMap((report) => report.erased));
  const roots = reports.flatMap((report) => (erased.has(report.chain) ? [] : report.roots));
  const runs = [...Map.groupBy(roots, ({ run_id }) => run_id)];
  const findings: Finding[] = reports.flatMap((report) => report.findings);
  for (let from = 0; from < runs.length; from += AT_ONCE) {
    const some = runs.slice(from, from + AT_ONCE);
    findings.push(...(await Promise.all(some.map(([run, of]) => verifyRoots(run, of, { journal, blobs })))).flat());
  }
  return {
    chains: reports.map(({ roots: _, heads: __, erased: ___, ...report }) => report),
    runs: runs.length,
    findings,
  };
}

/** One run: its journal against its last root, which is read from the object that holds it. */
export async function verifyRun(
  runId: string,
  { auditStore, journal, blobs }: VerifyPorts,
): Promise<{ readonly root?: RootRecord; readonly findings: readonly Finding[] }> {
  const anchor = await auditStore.anchorOf(runId);
  const report = anchor && (await verifyChain(anchor.chain, auditStore));
  const roots = report?.roots.filter(({ run_id }) => run_id === runId) ?? [];
  const root = roots.toSorted((a, b) => a.seq - b.seq).at(-1);
  const findings = [...(report?.findings ?? []), ...(await verifyRoots(runId, roots, { journal, blobs }))];
  return { ...(root && { root }), findings };
}

async function verifyRoots(
  runId: string,
  roots: readonly RootRecord[],
  { journal, blobs }: Pick<VerifyPorts, 'journal' | 'blobs'>,
): Promise<Finding[]> {
  try {
    return await checkJournal(runId, await journal.read(runId, 0), roots, (ref) => blobs.get(ref));
  } catch (error) {
    if (!(error instanceof MusterError) || !LOST.has(error.code)) throw error;
    return [{ code: 'unreadable', run_id: runId, message: `the journal of ${runId} can't be read: ${error.message}` }];
  }
}

/** What says that something is gone, not that a service is out of reach. */
const LOST: ReadonlySet<string> = new Set(['blob_missing', 'blob_corrupt', 'item_unreadable']);
