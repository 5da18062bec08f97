import type { TenantRecord } from '../../contracts/tenants.ts';
import type { OpenRuns } from '../../tenancy/open-runs.ts';
import type { Tenants } from '../../tenancy/tenants.ts';
import {
  decodeOpenRun,
  decodeTenant,
  encodeEarly,
  encodeOpenRun,
  encodeTenant,
  openRunsKey,
  TENANTS,
} from '../items/tenant-items.ts';
import type { MemoryTable } from './memory-table.ts';

/** Tenants in memory. They answer what was written last: without the seconds that the ones on AWS may be late. */
export function memoryTenants(table: MemoryTable): Tenants {
  const find = (tenant: string): TenantRecord | undefined => {
    const item = table.get(TENANTS, tenant);
    return item && decodeTenant(item);
  };
  return {
    get: async (tenant) => find(tenant),
    list: async (after = '', limit) =>
      table
        .query(TENANTS)
        .map(decodeTenant)
        .filter(({ tenant }) => tenant > after)
        .slice(0, limit),
    put: async (record) => {
      if ((find(record.tenant)?.version ?? 0) !== record.version - 1) return false;
      table.put(encodeTenant(record));
      return true;
    },
  };
}

export function memoryOpenRuns(table: MemoryTable): OpenRuns {
  return {
    enter: async (tenant, runId, at) => {
      table.putIfAbsent(encodeOpenRun(tenant, runId, at));
    },
    leave: async (tenant, runId) => table.delete(openRunsKey(tenant), runId),
    early: async (tenant, runId, at) => {
      table.putIfAbsent(encodeEarly(tenant, runId, at));
    },
    list: async (tenant) => table.query(openRunsKey(tenant)).map(decodeOpenRun),
  };
}
