import type { Json } from '../../contracts/json.ts';
import { type Item, itemBytes, LARGEST_ITEM, number, packed, readNumber, text, unpacked } from './attributes.ts';

/** What an agent keeps lies beside its steps, under its own name: nobody else can put an answer there for it. */
export const cacheKey = (agent: string, key: string): Item => ({ pk: text(`${agent}#cache`), sk: text(key) });

/** undefined for what is larger than an item may be. */
export function encodeCached(agent: string, key: string, value: Json, until: number): Item | undefined {
  const item = {
    ...cacheKey(agent, key),
    value: packed(JSON.stringify(value)),
    until: number(until),
    expires_at: number(Math.ceil(until / 1_000)),
  };
  return itemBytes(item) < LARGEST_ITEM ? item : undefined;
}

export const decodeCached = (item: Item): { value: Json; until: number } => ({
  value: unpacked(item, 'value'),
  until: readNumber(item, 'until'),
});
