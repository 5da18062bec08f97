import type { Revoked } from './ports.ts';

/**
 * Which revocation holds against a token: its own, or the one of all tokens that its subject had by then. Tokens count in
 * whole seconds, so one of the same second counts as earlier.
 */
export function holdsAgainst(
  issuedAt: number,
  ofToken: Revoked | undefined,
  ofSubject: Revoked | undefined,
): Revoked | undefined {
  return ofToken ?? (ofSubject && issuedAt <= ofSubject.at ? ofSubject : undefined);
}
