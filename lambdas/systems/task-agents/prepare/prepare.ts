import { hash } from 'node:crypto';
import { franc } from 'franc-min';
import { DataError } from '../../../contracts/errors.ts';
import type { Json, JsonObject } from '../../../contracts/json.ts';
import { wordsOf } from '../text/terms.ts';
import { type Found, look, structured } from './look.ts';
import { INPUT_LIMITS, type StandardForm } from './standard-form.ts';

/** What came in, with its bytes. */
export interface Received {
  readonly bytes: Uint8Array;
  readonly name?: string | undefined;
  readonly claims?: string | undefined;
  readonly schema?: JsonObject | undefined;
}

/**
 * Finds out what bytes are, whatever is claimed of them, and brings them into the form that every agent takes. What they are
 * decides: magic bytes first, then what the text looks like.
 * @throws DataError `input_empty`, `input_too_large`, `input_encrypted`, `input_bomb`, `input_malformed`, `input_schema_mismatch`
 */
export async function prepareFile(received: Received): Promise<StandardForm> {
  const { bytes, schema } = received;
  if (bytes.length === 0) throw new DataError('input_empty', 'there is nothing in it');
  if (bytes.length > INPUT_LIMITS.bytes)
    throw new DataError('input_too_large', `it has ${bytes.length} bytes, at most ${INPUT_LIMITS.bytes} are taken`);
  const found = await look(bytes, schema);
  if (schema !== undefined && found.data === undefined)
    throw new DataError(
      'input_schema_mismatch',
      `a schema was given, and this is ${found.media_type}: no structured data`,
    );
  return standardForm(found, received);
}

/** The same for a value that came as JSON. @throws as prepareFile */
export async function prepareValue(value: Json, more: Omit<Received, 'bytes'>): Promise<StandardForm> {
  const bytes = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  if (typeof value === 'string') {
    if (value.trim() === '') throw new DataError('input_empty', 'there is nothing in it');
    return prepareFile({ ...more, bytes });
  }
  return standardForm(structured(value, more.schema, 'shape'), { ...more, bytes });
}

function standardForm(found: Found, { bytes, name, claims }: Received): StandardForm {
  const { text: whole, warnings = [], ...rest } = found;
  const text = whole.slice(0, INPUT_LIMITS.characters);
  const cut = text.length < whole.length;
  const holds = claims === undefined || isSame(claims, found.media_type);
  const isProse = found.kind === 'text';
  return {
    ...rest,
    id: hash('sha256', bytes, 'hex'),
    ...(name !== undefined && { name }),
    ...(claims !== undefined && { claimed: claims, claim_holds: holds }),
    language: isProse ? franc(text.slice(0, 10_000)) : 'und',
    bytes: bytes.length,
    words: wordsOf(text).length,
    ...{ text, cut },
    warnings: [
      ...warnings,
      ...(holds ? [] : [`it was said to be ${claims}, and is ${found.media_type}`]),
      ...(cut ? [`there is more text: the first ${INPUT_LIMITS.characters} characters are kept`] : []),
    ],
  };
}

/** Whether a claim means the same: parameters do not count, and what people call a kind of text is one. */
function isSame(claimed: string, found: string): boolean {
  const [plain = ''] = claimed.toLowerCase().split(';');
  const known = plain.trim();
  if (known === found) return true;
  return known === 'text/plain' && found.startsWith('text/');
}
