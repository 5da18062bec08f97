import { hotSchema } from '../../contracts/hot-schema.ts';
import { TenantRecord } from '../../contracts/tenants.ts';
import { type Item, number, packed, readNumber, readText, text, unpacked } from './attributes.ts';

/** The partition of all tenants, in the registry. */
export const TENANTS = 'TENANT';

const Record = hotSchema(TenantRecord);

export const tenantItemKey = (tenant: string): Item => ({ pk: text(TENANTS), sk: text(tenant) });

export function encodeTenant(record: TenantRecord): Item {
  return { ...tenantItemKey(record.tenant), version: number(record.version), doc: packed(JSON.stringify(record)) };
}

export const decodeTenant = (item: Item): TenantRecord => Record.parse(unpacked(item, 'doc'));

/** The runs of a tenant that have not ended, in the state table. */
export const openRunsKey = (tenant: string): string => `OPEN#${tenant}`;

/** Runs for which something came before they were asked for, and which may never be. */
export const earlyKey = (tenant: string): string => `EARLY#${tenant}`;

export const encodeEarly = (tenant: string, runId: string, at: number): Item => ({
  ...{ pk: text(earlyKey(tenant)), sk: text(runId), at: number(at) },
});

export const encodeOpenRun = (tenant: string, runId: string, at: number): Item => ({
  ...{ pk: text(openRunsKey(tenant)), sk: text(runId), at: number(at) },
});

export const decodeOpenRun = (item: Item): { runId: string; at: number } => ({
  runId: readText(item, 'sk'),
  at: readNumber(item, 'at'),
});
