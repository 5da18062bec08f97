import { ALL_TENANTS } from '../contracts/control.ts';
import { DataError } from '../contracts/errors.ts';
import { standingOf, type Tenancy, type TenantStanding } from '../contracts/tenants.ts';
import type { Tenants } from './tenants.ts';

/** What counts for a tenant now, at most some seconds late. */
export type Standing = (tenant: string) => Promise<TenantStanding>;

export function createStanding(tenants: Pick<Tenants, 'get'>, tenancy: Tenancy): Standing {
  return async (tenant) =>
    // The platform's own people are nobody's tenant.
    tenant === ALL_TENANTS
      ? { tenant, status: 'active', plan: 'platform', limits: {}, recorded: false }
      : standingOf(tenant, await tenants.get(tenant), tenancy);
}

/** What somebody wants to do. */
export type Wish = 'read' | 'change' | 'begin';

/**
 * Why a tenant may not: a suspended one may look, and end what it has under way; of one that is being erased nothing is
 * taken, and nothing told.
 */
export function refusalOf({ tenant, status }: TenantStanding, wish: Wish): DataError | undefined {
  if (status === 'active' || (status === 'suspended' && wish === 'read')) return undefined;
  if (status === 'suspended') {
    const reason = `tenant "${tenant}" is suspended: ask who runs this platform`;
    return new DataError('tenant_suspended', reason, { field: 'tenant' });
  }
  return new DataError('tenant_erased', `there is no tenant "${tenant}"`, { field: 'tenant' });
}
