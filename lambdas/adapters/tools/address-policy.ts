import ipaddr from 'ipaddr.js';

/** The one metadata service that has a private address. */
const METADATA = ['fd00:ec2::254'];

/** Which addresses may be connected to. */
export interface AddressPolicy {
  /** This machine too: for tests. */
  readonly loopback: boolean;
  /** Private networks too: for what the configuration names, never for what a tool is told. Default: false. */
  readonly private?: boolean;
}

/**
 * Whether an address may be connected to: it is one of the public internet. Private, link-local (metadata services), shared,
 * documentation, multicast and reserved ones are not, nor those that only wrap an IPv4 address (mapped, NAT64, 6to4, Teredo).
 */
export function isAllowedAddress(
  address: string,
  { loopback, private: isPrivateFine = false }: AddressPolicy,
): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  const range = parsed.range();
  if (range === 'loopback') return loopback;
  if (range === 'private' || range === 'uniqueLocal') return isPrivateFine && !METADATA.includes(parsed.toString());
  return range === 'unicast' && (parsed.kind() === 'ipv4' || isGivenOut(parsed.toByteArray()));
}

/** Of IPv6, only 2000::/3 is. */
const isGivenOut = ([first = 0]: readonly number[]): boolean => (first & 0xe0) === 0x20;

/** A host of a URL that is an address already; undefined of a name. */
export function addressIn(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return ipaddr.isValid(bare) ? bare : undefined;
}
