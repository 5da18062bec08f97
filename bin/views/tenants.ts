import type { Counts, TenantLimits, TenantRecord, TenantStanding } from '../../lambdas/contracts/tenants.ts';
import { grouped, paint, table } from './text.ts';

const NAMES: Readonly<Record<keyof TenantLimits, string>> = {
  requestsPerSecond: 'requests/s',
  burst: 'at once',
  requestsPerSecondEach: 'requests/s each',
  openRuns: 'open runs',
  tokensPerDay: 'tokens/day',
};

/** Limits in words; "none" where nothing is bounded. */
export function limitsText(limits: TenantLimits): string {
  const said = Object.entries(NAMES).flatMap(([name, words]) => {
    const value = Object.entries(limits).find(([limit]) => limit === name)?.[1];
    return typeof value === 'number' ? [`${words} ${grouped(value)}`] : [];
  });
  return said.length === 0 ? 'none' : said.join(', ');
}

export function tenantsTable(records: readonly TenantRecord[]): string {
  if (records.length === 0) return 'nothing is written of any tenant: each has the default plan';
  const rows = records.map(({ tenant, plan, status, limits, by, at }) => [
    tenant,
    status === 'active' ? status : paint.yellow(status),
    plan,
    limitsText(limits) === 'none' ? '' : limitsText(limits),
    by,
    new Date(at).toISOString().slice(0, 10),
  ]);
  return table(['tenant', 'status', 'plan', 'limits over its plan', 'set by', 'on'], rows);
}

export function standingText({
  tenant,
  status,
  plan,
  limits,
  recorded,
  record,
}: TenantStanding & { record?: TenantRecord | undefined }): string {
  const lines = [
    `${paint.bold(tenant)}: ${status}, plan ${plan}${recorded ? '' : ' (the default: nothing is written of it)'}`,
    `limits: ${limitsText(limits)}`,
  ];
  if (record)
    lines.push(`set by ${record.by} at ${new Date(record.at).toISOString()}${record.reason && `: ${record.reason}`}`);
  return lines.join('\n');
}

/** What there is of a tenant, or was, by where it lies. */
export function countsTable(counts: Counts): string {
  const rows = Object.entries(counts).filter(([, count]) => count > 0);
  return rows.length === 0
    ? 'nothing'
    : table(
        ['where', 'pieces'],
        rows.map(([name, count]) => [name, grouped(count)]),
      );
}

export function erasureText({ tenant, status, erasure }: TenantRecord): string {
  if (!erasure) return `${tenant} is ${status}`;
  const { removed, left = {}, rounds } = erasure;
  const found = Object.values(left).reduce((sum, count) => sum + count, 0);
  const end =
    status === 'erased'
      ? `looked through everything ${rounds === 1 ? 'once' : `${rounds} times`}: nothing of ${tenant} is left`
      : `${erasure.phase}: ${found} left at the last look`;
  return [countsTable(removed), end].join('\n');
}
