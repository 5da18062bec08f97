import { inflateRawSync } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Json, JsonObject } from '../../contracts/json.ts';
import type { Item } from '../items/attributes.ts';

/** A row as a person can read it: documents are opened, and what is no text is in base64. */
export const plainItem = (item: Item): JsonObject =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]));

function plain(value: AttributeValue): Json {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.SS !== undefined) return value.SS;
  if (value.B === undefined) return null;
  try {
    return JSON.parse(inflateRawSync(value.B).toString('utf8'));
  } catch {
    return { base64: Buffer.from(value.B).toString('base64') };
  }
}
