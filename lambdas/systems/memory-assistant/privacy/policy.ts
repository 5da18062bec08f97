import * as z from 'zod';
import { EntityType } from './entity.ts';

/** Who is to see it: its owner, people that the owner trusts, or anybody. */
export const Audience = z.enum(['owner', 'trusted', 'public']);
export type Audience = z.infer<typeof Audience>;

/** Nobody needs these in an answer, and whoever overhears them can do harm with them. */
const SECRETS: readonly EntityType[] = [
  ...(['CREDENTIAL', 'CREDIT_CARD', 'IBAN_CODE', 'US_SSN', 'US_DRIVER_LICENSE', 'NATIONAL_ID'] as const),
];
/** By these, people can be reached or found. */
const CONTACTS: readonly EntityType[] = [
  ...(['PHONE_NUMBER', 'EMAIL_ADDRESS', 'STREET_ADDRESS', 'ZIP_CODE', 'IP_ADDRESS'] as const),
];

/** What is masked for whom. */
export const MASKED: Readonly<Record<Audience, ReadonlySet<EntityType>>> = {
  owner: new Set(SECRETS),
  trusted: new Set([...SECRETS, ...CONTACTS]),
  public: new Set(EntityType.options),
};
