import type { Entity, EntityType } from './entity.ts';
import { findNames } from './names.ts';
import { findPatterns } from './patterns.ts';
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
  const tokens = tokensOf(text);
  const shaped = withoutOverlaps([...findPatterns(text), ...findAddresses(text, tokens)]);
  const taken = (token: Token): boolean => shaped.some(({ start, end }) => token.start < end && start < token.end);
  return withoutOverlaps([...shaped, ...findNames(tokens, taken)]);
}

function withoutOverlaps(entities: readonly Entity[]): Entity[] {
  const best = [...entities].sort(
    (a, b) => rank(a.type) - rank(b.type) || b.end - b.start - (a.end - a.start) || a.start - b.start,
  );
  const kept: Entity[] = [];
  for (const entity of best)
    if (!kept.some(({ start, end }) => entity.start < end && start < entity.end)) kept.push(entity);
  return kept.sort((a, b) => a.start - b.start);
}
