import { type LookupAddress, lookup as resolve } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { type AddressPolicy, isAllowedAddress } from './address-policy.ts';

/** A name leads to an address that nobody may connect to. */
export class ForbiddenAddress extends Error {
  override readonly name = 'ForbiddenAddress';
}

export type Resolve = (
  hostname: string,
  options: { all: true; family?: number },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const systemResolve: Resolve = (hostname, options, callback) => resolve(hostname, options, callback);

/**
 * Resolves a name once for each connection, which then goes to the very address that was looked at: there is no second
 * answer of a name server that could differ. One forbidden address among several refuses all.
 */
export function pinnedLookup(policy: AddressPolicy, resolveAll: Resolve = systemResolve): LookupFunction {
  return (hostname, { all, family }, callback) => {
    const wanted = family === 'IPv4' ? 4 : family === 'IPv6' ? 6 : (family ?? 0);
    resolveAll(hostname, { all: true, family: wanted }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      const forbidden = addresses.find(({ address }) => !isAllowedAddress(address, policy));
      const [first] = addresses;
      if (forbidden || !first) {
        const where = forbidden?.address ?? 'no address at all';
        return callback(new ForbiddenAddress(`${hostname} leads to ${where}`), '', 0);
      }
      return all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}
