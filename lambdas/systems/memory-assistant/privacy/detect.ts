import type { Entity, EntityType } from './entity.ts';
import { findNames } from './names.ts';
import { findPatterns } from './patterns.ts';
import { plainForm } from './plain-form.ts';
import { findAddresses } from './street-address.ts';
import { type Token, tokensOf } from './tokens.ts';

/** Of what overlaps, the first kind here counts: what has a checksum or a form before what only looks like a name. */
const FIRST: readonly EntityType[] = [
  ...(['EMAIL_ADDRESS', 'IBAN_CODE', 'CREDIT_CARD', 'CREDENTIAL', 'DOMAIN_NAME', 'IP_ADDRESS', 'US_SSN'] as const),
  ...(['US_DRIVER_LICENSE', 'NATIONAL_ID', 'AGE', 'STREET_ADDRESS', 'DATE_TIME', 'ZIP_CODE', 'PHONE_NUMBER'] as const),
  ...(['TITLE', 'NRP', 'ORGANIZATION', 'GPE', 'PERSON'] as const),
];
const rank = (type: EntityType): number => FIRST.indexOf(type);

/** All personal data in a text, in order, nothing twice. The same text gives the same answer. */
export function detect(text: string): Entity[] {
  const { plain, placeOf } = plainForm(text);
  const tokens = tokensOf(plain);
  const shaped = withoutOverlaps([...findPatterns(plain), ...findAddresses(plain, tokens)], plain.length);
  const covered = new Uint8Array(plain.length);
  for (const { start, end } of shaped) covered.fill(1, start, end);
  const taken = ({ start, end }: Token): boolean => covered.subarray(start, end).includes(1);
  const found = withoutOverlaps([...shaped, ...findNames(tokens, taken)], plain.length);
  return found.map((entity) => ({ ...entity, start: placeOf(entity.start), end: placeOf(entity.end - 1) + 1 }));
}

/** @param length of the text that they are in */
function withoutOverlaps(entities: readonly Entity[], length: number): Entity[] {
  const best = [...entities].sort(
    (a, b) => rank(a.type) - rank(b.type) || b.end - b.start - (a.end - a.start) || a.start - b.start,
  );
  const covered = new Uint8Array(length);
  const kept = best.filter(({ start, end }) => {
    if (covered.subarray(start, end).includes(1)) return false;
    covered.fill(1, start, end);
    return true;
  });
  return kept.sort((a, b) => a.start - b.start);
}
