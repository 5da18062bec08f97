import { PublishedKey } from '../../contracts/signature.ts';
import { type Item, number, readNumber, readText, text } from './attributes.ts';

/** IAM lets a sender write under its own name only, by this beginning of its keys. */
export const keyPartition = (sender: string): string => `KEY#${sender}`;

/** The row goes when nothing that the key has signed can be under way any more. */
export function encodeKey({ sender, kid, public: x, from, until, keep_until }: PublishedKey): Item {
  return {
    ...{ pk: text(keyPartition(sender)), sk: text(kid), public: text(x) },
    ...{ from: number(from), until: number(until), keep_until: number(keep_until) },
    expires_at: number(Math.ceil(keep_until / 1_000)),
  };
}

/** @throws SystemError `item_unreadable`, z.ZodError when the row was edited by hand */
export function decodeKey(item: Item): PublishedKey {
  return PublishedKey.parse({
    sender: readText(item, 'pk').slice(keyPartition('').length),
    kid: readText(item, 'sk'),
    public: readText(item, 'public'),
    from: readNumber(item, 'from'),
    until: readNumber(item, 'until'),
    keep_until: readNumber(item, 'keep_until'),
  });
}
