import * as z from 'zod';
import { PublishedKeys } from '../../access/key-ring.ts';
import type { Revocation, Revoked } from '../../access/ports.ts';
import { type Item, number, packed, text, unpacked } from './attributes.ts';

export const REVOKED = 'REVOKED';
export const TOKEN_KEYS = 'TOKEN-KEYS';

export const revokedTokenKey = (tokenId: string): Item => ({ pk: text(REVOKED), sk: text(`token#${tokenId}`) });
export const revokedSubjectKey = (tenant: string, sub: string): Item => ({
  pk: text(REVOKED),
  sk: text(`subject#${tenant}#${sub}`),
});

export const revocationKey = (what: Revocation): Item =>
  'tokenId' in what ? revokedTokenKey(what.tokenId) : revokedSubjectKey(what.tenant, what.sub);

const Stored = z.object({ at: z.number(), by: z.string(), reason: z.string() });

export function encodeRevocation(what: Revocation, revoked: Revoked, until: number): Item {
  return {
    ...revocationKey(what),
    at: number(revoked.at),
    expires_at: number(Math.ceil(until / 1_000)),
    doc: packed(JSON.stringify(revoked)),
  };
}

export const decodeRevocation = (item: Item): Revoked => Stored.parse(unpacked(item, 'doc'));

export const publishedKeysKey = (): Item => ({ pk: text(TOKEN_KEYS), sk: text('published') });

export const encodePublishedKeys = (published: PublishedKeys): Item => ({
  ...publishedKeysKey(),
  version: number(published.version),
  doc: packed(JSON.stringify(published)),
});

export const decodePublishedKeys = (item: Item): PublishedKeys => PublishedKeys.parse(unpacked(item, 'doc'));
