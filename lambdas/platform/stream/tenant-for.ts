import { tenantOf } from '../../contracts/access.ts';
import { DataError } from '../../contracts/errors.ts';
import type { Principal } from '../../contracts/principal.ts';

/** The tenant that a frame is for. @throws DataError `not_found` for another's */
export function tenantFor(principal: Principal, asked: string | undefined): string {
  const found = tenantOf(principal, asked);
  if ('tenant' in found) return found.tenant;
  throw new DataError('not_found', 'there is no such tenant');
}
