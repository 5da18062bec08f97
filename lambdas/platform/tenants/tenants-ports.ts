import type { SecurityLog } from '../../contracts/security-events.ts';
import type { Tenancy } from '../../contracts/tenants.ts';
import type { Bus, Clock, Ids, Logger, Runs } from '../../runtime/ports.ts';
import type { TenantStore } from '../../tenancy/tenant-store.ts';
import type { Tenants } from '../../tenancy/tenants.ts';

/** Where the parts of an export go: under the tenant, so that they are erased with it. */
export interface ExportParts {
  /** @returns its key */
  write(tenant: string, name: string, bytes: Uint8Array): Promise<string>;
}

export interface TenantsPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly tenants: Tenants;
  readonly tenancy: Tenancy;
  /** All places where something of tenants lies, in the order in which they are erased: what leads to others goes last. */
  readonly stores: readonly TenantStore[];
  readonly runs: Pick<Runs, 'get' | 'open'>;
  readonly bus: Pick<Bus, 'publish'>;
  readonly exports: ExportParts;
  readonly securityLog: SecurityLog;
}

/** Ms that this invocation has left. */
export type TimeLeft = () => number;
