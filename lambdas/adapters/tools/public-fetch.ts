import { NonRecoverableError } from '../../contracts/errors.ts';
import { createPooledFetch } from '../pooled-fetch.ts';
import { type AddressPolicy, addressIn, isAllowedAddress } from './address-policy.ts';
import { ForbiddenAddress, pinnedLookup, type Resolve } from './pinned-lookup.ts';

/**
 * `fetch` for URLs that strangers name: to addresses of the policy alone, however they are written and whatever a name leads
 * to. Redirects are answers. Make it once per container, since it keeps connections.
 * @throws NonRecoverableError `address_forbidden`
 */
export function createPublicFetch(policy: AddressPolicy, resolve?: Resolve): typeof fetch {
  const pooled = createPooledFetch({ lookup: pinnedLookup(policy, resolve) });
  return async (target, init) => {
    const { hostname, protocol } = new URL(target instanceof Request ? target.url : target);
    if (protocol !== 'http:' && protocol !== 'https:') throw forbidden(`${protocol} is not http(s)`);
    const address = addressIn(hostname);
    if (address !== undefined && !isAllowedAddress(address, policy)) throw forbidden(hostname);
    return pooled(target, init).catch((error: unknown) => {
      throw error instanceof ForbiddenAddress ? forbidden(error.message) : error;
    });
  };
}

const forbidden = (what: string): NonRecoverableError =>
  new NonRecoverableError('address_forbidden', `${what.slice(0, 300)}: no address that may be reached from here`);
