import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { SystemError } from '../../contracts/errors.ts';
import type { Json } from '../../contracts/json.ts';

/** A DynamoDB item, as it goes over the wire. */
export type Item = Record<string, AttributeValue>;

/** Texts above this are deflated: below, what is saved is less than a write unit and not worth the time. */
const COMPRESS_ABOVE = 700;
/** What DynamoDB takes. */
export const LARGEST_ITEM = 400 * 1024;

export const text = (value: string): AttributeValue => ({ S: value });
export const number = (value: number): AttributeValue => ({ N: String(value) });

/** A document: JSON as text when it is short, deflated when not. */
export function packed(json: string): AttributeValue {
  return json.length <= COMPRESS_ABOVE ? { S: json } : { B: deflateRawSync(json) };
}

/** @throws SystemError `item_unreadable` when the attribute is missing or not a document */
export function unpacked(item: Item, name: string): Json {
  const value = item[name];
  if (value?.S !== undefined) return JSON.parse(value.S);
  if (value?.B !== undefined) return JSON.parse(inflateRawSync(value.B).toString('utf8'));
  throw unreadable(name);
}

/** @throws SystemError `item_unreadable` */
export function readText(item: Item, name: string): string {
  const value = item[name]?.S;
  if (value === undefined) throw unreadable(name);
  return value;
}

/** @throws SystemError `item_unreadable` */
export function readNumber(item: Item, name: string): number {
  const value = Number(item[name]?.N ?? Number.NaN);
  if (Number.isNaN(value)) throw unreadable(name);
  return value;
}

function unreadable(name: string): SystemError {
  return new SystemError(
    'item_unreadable',
    `a stored item has no readable attribute "${name}"; was it edited by hand?`,
  );
}

/**
 * Bytes that DynamoDB counts for an item: names and values in UTF-8, numbers about half a byte per digit.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.B !== undefined) return value.B.byteLength;
  if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 1;
  return 1;
}
