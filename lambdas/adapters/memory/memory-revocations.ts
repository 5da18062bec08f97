import { holdsAgainst } from '../../access/holds-against.ts';
import type { Revocations, Revoked } from '../../access/ports.ts';
import { revocationKey, revokedSubjectKey, revokedTokenKey } from '../items/identity-items.ts';

/** Revocations in memory: seen at once. */
export function memoryRevocations(): Revocations {
  const kept = new Map<string, Revoked>();
  const at = (key: ReturnType<typeof revocationKey>): string => key.sk?.S ?? '';
  return {
    find: async ({ tokenId, tenant, sub, issuedAt }) =>
      holdsAgainst(issuedAt, kept.get(at(revokedTokenKey(tokenId))), kept.get(at(revokedSubjectKey(tenant, sub)))),
    revoke: async (what, revoked) => void kept.set(at(revocationKey(what)), revoked),
  };
}
