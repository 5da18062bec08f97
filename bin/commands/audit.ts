import { readMessageLog, searchAudit } from '../../lambdas/audit/message-log.ts';
import { verifyAudit, verifyRun } from '../../lambdas/audit/verify.ts';
import { DEFAULT_TENANT } from '../../lambdas/contracts/names.ts';
import { CliError } from '../cli-error.ts';
import { auditStoreOf } from '../cloud/audit-session.ts';
import { findRun } from '../cloud/run-reader.ts';
import { withSession } from '../cloud/session.ts';
import { auditText, findingText, recordsText } from '../views/audit-display.ts';
import { paint } from '../views/text.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

export interface VerifyOptions extends JsonOption {
  readonly run?: string;
  readonly chain?: string;
  readonly from?: string;
  readonly to?: string;
  /** `chain:number:hash`, as an earlier verification has printed it. */
  readonly known?: readonly string[];
}

/** `muster audit verify`: exit code 1 when something is missing or was changed. */
export function verify(options: VerifyOptions, globals: GlobalOptions): Promise<void> {
  const known = (options.known ?? []).map(knownHead);
  const period = {
    ...(options.from !== undefined && { from: timeOf('--from', options.from) }),
    ...(options.to !== undefined && { to: timeOf('--to', options.to) }),
  };
  return withSession(globals.stage, async (session) => {
    const ports = { auditStore: auditStoreOf(session), journal: session.journal, blobs: session.blobs };
    if (options.run !== undefined) {
      const runId = await findRun(session, options.run);
      const { root, findings } = await verifyRun(runId, ports);
      if (options.json) printJson({ run_id: runId, ...(root && { root }), findings });
      else if (findings.length > 0) print(findings.map(findingText).join('\n'));
      else if (root)
        print(paint.green(`sound: the journal of ${runId} is what it was at entry ${root.seq} (${root.hash})`));
      else print(paint.yellow(`the audit has no root of ${runId} yet; its entries fit together`));
      if (findings.length > 0) process.exitCode = 1;
      return;
    }
    const chain = options.chain === undefined ? {} : { chain: options.chain };
    const report = await verifyAudit(ports, { ...chain, ...period, known });
    if (options.json) printJson(report);
    else print(auditText(report));
    if (report.findings.length > 0) process.exitCode = 1;
  });
}

export interface SearchOptions extends JsonOption {
  readonly correlation: string;
  readonly tenant?: string;
}

/** `muster audit search`: what the audit has noted of a correlation. */
export function search(
  { correlation, tenant = DEFAULT_TENANT, json }: SearchOptions,
  globals: GlobalOptions,
): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const records = await searchAudit(tenant, correlation, auditStoreOf(session));
    if (json) return printJson(records);
    if (records.length === 0) return print(`the audit has nothing of ${correlation} (tenant ${tenant})`);
    print(recordsText(records, Date.now()));
  });
}

export interface MessagesOptions extends JsonOption {
  readonly correlation?: string;
  readonly tenant?: string;
  readonly limit?: string;
}

/** `muster audit messages`: the message log, as the journals have it now. */
export function messages(options: MessagesOptions, globals: GlobalOptions): Promise<void> {
  const { correlation, tenant = DEFAULT_TENANT } = options;
  const limit = Number(options.limit ?? 100);
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000)
    throw new CliError(`--limit ${options.limit} can't be`, 'it is a number from 1 to 10000');
  return withSession(globals.stage, async (session) => {
    const query = { tenant, limit, ...(correlation !== undefined && { correlationId: correlation }) };
    const lines = await readMessageLog(query, session);
    if (options.json) return printJson(lines);
    print(lines.length === 0 ? 'no messages' : recordsText(lines.toReversed(), Date.now()));
  });
}

/** @throws CliError when it is none */
export function knownHead(given: string): { chain: string; seq: number; hash: string } {
  const [, chain, seq, hash] = /^([a-z0-9_][a-z0-9_-]*):(\d+):([0-9a-f]{64})$/.exec(given) ?? [];
  if (chain === undefined || seq === undefined || hash === undefined)
    throw new CliError(`--known ${given} can't be`, 'it is CHAIN:NUMBER:HASH, as "muster audit verify" prints it');
  return { chain, seq: Number(seq), hash };
}

function timeOf(option: string, given: string): number {
  const at = Date.parse(given);
  if (Number.isFinite(at)) return at;
  throw new CliError(`${option} ${given} is no time`, 'such as 2026-01-31T08:00Z');
}
