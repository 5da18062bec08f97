import { type Item, number, readNumber, readText, text } from './attributes.ts';

/** Seconds that a lease's row outlives it: for looking at, nothing more. */
const KEEP_SECONDS = 86_400;

/** Leases of a pool lie together, in the table of budgets. */
export const leasesKey = (name: string): string => `LEASE#${name}`;

/** A place of a pool of the whole fleet; `name` is like "model/fast". */
export const leaseKey = (name: string, place: number): Item => ({
  pk: text(leasesKey(name)),
  sk: text(placeKey(place)),
});
const placeKey = (place: number): string => String(place).padStart(6, '0');

export function encodeLease(name: string, place: number, holder: string, until: number): Item {
  return {
    ...leaseKey(name, place),
    holder: text(holder),
    until: number(until),
    expires_at: number(Math.ceil(until / 1_000) + KEEP_SECONDS),
  };
}

/** Places that are held at this time. */
export function heldPlaces(items: readonly Item[], now: number): Set<number> {
  return new Set(items.filter((item) => readNumber(item, 'until') > now).map((item) => Number(readText(item, 'sk'))));
}

/** The free places, in an order of this holder's own, so that not all who come at once try the same. */
export function freePlaces(places: number, held: ReadonlySet<number>, holder: string): number[] {
  const free = Array.from({ length: places }, (_, place) => place).filter((place) => !held.has(place));
  let start = 0;
  for (const character of holder) start = (start * 31 + character.charCodeAt(0)) % 1_000_003;
  const at = free.length === 0 ? 0 : start % free.length;
  return [...free.slice(at), ...free.slice(0, at)];
}
