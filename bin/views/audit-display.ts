import type { Finding } from '../../lambdas/audit/finding.ts';
import type { AuditReport } from '../../lambdas/audit/verify.ts';
import type { AuditRecord } from '../../lambdas/contracts/audit.ts';
import { grouped, paint, table, timeOf } from './text.ts';

/** What a verification has shown, for a person. */
export function auditText({ chains, runs, findings }: AuditReport): string {
  const rows = chains.map(({ chain, objects, records, tip }) => [
    ...[chain, grouped(objects), grouped(records)],
    tip ? `${chain}:${tip.seq}:${tip.hash}` : '-',
  ]);
  const sound = paint.green(`sound: ${grouped(runs)} journals are what the audit knows of them`);
  const bad = [paint.red(`${findings.length} findings`), ...findings.map(findingText)].join('\n');
  return [table(['chain', 'objects', 'records', 'where it stands'], rows), findings.length === 0 ? sound : bad].join(
    '\n',
  );
}

export function findingText({ code, chain, run_id, seq, message }: Finding): string {
  const where = [chain ?? run_id, seq].filter((part) => part !== undefined).join('/');
  return `${paint.red(code.padEnd(10))} ${paint.dim(where)}  ${message}`;
}

/** Records as lines, the oldest first. */
export function recordsText(records: readonly AuditRecord[], now: number): string {
  const rows = records.map((record) => [timeOf(record.at, now), record.kind, ...cellsOf(record), record.run_id ?? '']);
  return table(['time', 'kind', 'what', 'from', 'to', 'priority', 'id', 'run'], rows);
}

function cellsOf(record: AuditRecord): string[] {
  switch (record.kind) {
    case 'message': {
      const { action, type, sender, receiver, priority, message_id, code } = record;
      return [`${action} ${type}${code ? ` (${code})` : ''}`, sender, receiver, String(priority), message_id];
    }
    case 'decision':
      return [record.decision, record.by, record.task_id ?? '', '', record.id ?? ''];
    case 'access': {
      const { operation, outcome, sub, target = '', request_id = '', code } = record;
      return [`${outcome} ${operation}${code ? ` (${code})` : ''}`, sub, target, '', request_id];
    }
    case 'security': {
      const { kind, sub, agent, target = '', token_id = '' } = record.event;
      return [kind, sub ?? agent ?? '', target, '', token_id];
    }
    case 'root':
      return [`journal up to ${record.seq}`, '', '', '', record.hash.slice(0, 16)];
    case 'head':
      return [`chain ${record.chain} at ${record.seq}`, '', '', '', record.hash.slice(0, 16)];
  }
}
