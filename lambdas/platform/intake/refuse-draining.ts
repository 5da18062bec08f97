import { holdOf } from '../../contracts/control.ts';
import { DataError } from '../../contracts/errors.ts';
import type { Holds } from '../../runtime/ports.ts';

/** @throws DataError `draining` while the tenant, or everything, takes no new runs */
export async function refuseWhileDraining(tenant: string, holds: Pick<Holds, 'read'>): Promise<void> {
  const hold = holdOf(await holds.read(), tenant, 'drain');
  if (!hold) return;
  const why = hold.reason === '' ? '' : ` (${hold.reason})`;
  const reason = `no new runs of tenant "${tenant}" begin: ${hold.by} lets those under way finish${why}; ask again once it is resumed`;
  throw new DataError('draining', reason, { field: 'tenant' });
}
