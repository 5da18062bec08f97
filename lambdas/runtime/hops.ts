import { DataError } from '../contracts/errors.ts';
import type { JsonObject } from '../contracts/json.ts';
import { LIMITS } from '../contracts/limits.ts';

/** The field of a channel message's detail that counts the hands it has been through. No agent sees or sets it. */
const FIELD = 'muster_hops';

/** A channel message as it travels. @param hops hands it has been through; none: it carries no count */
export function withHops(detail: JsonObject, hops = 0): JsonObject {
  return hops > 0 ? { ...detail, [FIELD]: hops } : detail;
}

/** The opposite: the message as its publisher gave it, and its hops. Without a sound count it comes from outside: 0. */
export function takeHops(travelled: JsonObject): { readonly detail: JsonObject; readonly hops: number } {
  const { [FIELD]: count, ...detail } = travelled;
  return { detail, hops: typeof count === 'number' && Number.isInteger(count) && count > 0 ? count : 0 };
}

/**
 * The last word before an agent publishes on a channel: agents that answer each other in a circle must come to rest.
 * @throws DataError `too_many_hops` after `LIMITS.hops` hands, `reserved_field` when the detail sets the count itself
 */
export function checkHops(channel: string, detail: JsonObject, hops: number): void {
  if (Object.hasOwn(detail, FIELD))
    throw new DataError('reserved_field', `"${FIELD}" is the platform's own field; name yours differently`);
  if (hops <= LIMITS.hops) return;
  const message = `a message has been through ${LIMITS.hops} agents and may not go on to ${channel}: look for a circle`;
  throw new DataError('too_many_hops', message, { channel, hops });
}
