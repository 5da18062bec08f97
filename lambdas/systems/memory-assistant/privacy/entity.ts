import * as z from 'zod';

/** Kinds of personal data, by the names that Presidio gives them where it knows them. */
export const EntityType = z.enum([
  'PERSON',
  'TITLE',
  'AGE',
  'NRP',
  'ORGANIZATION',
  'GPE',
  'STREET_ADDRESS',
  'ZIP_CODE',
  'DATE_TIME',
  'PHONE_NUMBER',
  'EMAIL_ADDRESS',
  'DOMAIN_NAME',
  'IP_ADDRESS',
  'CREDIT_CARD',
  'IBAN_CODE',
  'US_SSN',
  'US_DRIVER_LICENSE',
  'NATIONAL_ID',
  'CREDENTIAL',
]);
export type EntityType = z.infer<typeof EntityType>;

/** Personal data in a text: `[start, end)` in UTF-16 units, and how sure that is, 0 to 1. */
export interface Entity {
  readonly type: EntityType;
  readonly start: number;
  readonly end: number;
  readonly sure: number;
}
