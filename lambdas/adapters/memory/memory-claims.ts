import type { Claims } from '../../runtime/ports.ts';
import { type Item, readNumber, readText } from '../items/attributes.ts';
import { claimSuperseded, decodeHeldUntil, decodeOutcome, encodeClaim, encodeOutcome } from '../items/claim-items.ts';
import type { MemoryTable } from './memory-table.ts';

/** Claims in memory, fenced as on AWS. */
export function memoryClaims(table: MemoryTable): Claims {
  const claims = new Map<string, Item>();
  return {
    claim: async (key, attempt, holder, expiresAt) => {
      const item = encodeClaim(key, attempt, holder, expiresAt);
      table.billWrite(item);
      const held = claims.get(key);
      if (held) {
        const heldAttempt = readNumber(held, 'attempt');
        const ours = heldAttempt === attempt && readText(held, 'holder') === holder;
        if (held.outcome || !(heldAttempt < attempt || ours)) return false;
      }
      claims.set(key, item);
      return true;
    },
    settle: async (key, attempt, outcome) => {
      const held = claims.get(key);
      table.billWrite(held ?? {});
      if (!held || readNumber(held, 'attempt') !== attempt) throw claimSuperseded(key, attempt);
      if (!held.outcome) claims.set(key, { ...held, outcome: encodeOutcome(outcome) });
    },
    outcome: async (key) => {
      table.billRead(0, true);
      const held = claims.get(key);
      return held && decodeOutcome(held);
    },
    heldUntil: async (key) => {
      table.billRead(0, true);
      const held = claims.get(key);
      return held && decodeHeldUntil(held);
    },
  };
}
