import type { TenantRecord } from '../contracts/tenants.ts';

/** What is written of tenants. */
export interface Tenants {
  /** @param fresh as it is now; otherwise at most some seconds old */
  get(tenant: string, fresh?: boolean): Promise<TenantRecord | undefined>;
  /** In order of their names. */
  list(after: string | undefined, limit: number): Promise<TenantRecord[]>;
  /** False, and nothing changes, unless the one that is there has the version before (1: there is none). */
  put(record: TenantRecord): Promise<boolean>;
}
