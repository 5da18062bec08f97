import { NonRecoverableError } from '../../contracts/errors.ts';
import type { Json } from '../../contracts/json.ts';
import { type Item, number, packed, readNumber, text, unpacked } from './attributes.ts';
import { expiryAfter } from './run-items.ts';

/** Days that a claim outlives its attempt: longer than any message can wait in a queue and its dead-letter queue. */
export const KEEP_CLAIM_DAYS = 30;

export function encodeClaim(key: string, attempt: number, holder: string, expiresAt: number): Item {
  return {
    pk: text(key),
    attempt: number(attempt),
    holder: text(holder),
    expires_at: number(expiryAfter(expiresAt, KEEP_CLAIM_DAYS)),
  };
}

export const encodeOutcome = (outcome: Json) => packed(JSON.stringify(outcome));

export function decodeOutcome(item: Item): { outcome: Json } | undefined {
  return item.outcome ? { outcome: unpacked(item, 'outcome') } : undefined;
}

/** Until when the claim's holder may be at work, ms. */
export const decodeHeldUntil = (item: Item): number =>
  (readNumber(item, 'expires_at') - KEEP_CLAIM_DAYS * 86_400) * 1_000;

/** What settling a claim that a later attempt took over (or that was never made) answers. */
export function claimSuperseded(key: string, attempt: number): NonRecoverableError {
  const message = `attempt ${attempt} does not hold the claim ${key}: another took over, so its outcome is not recorded`;
  return new NonRecoverableError('claim_superseded', message, { key, attempt });
}
