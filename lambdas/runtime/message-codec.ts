import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { BlobRef } from '../contracts/blob.ts';
import { type Envelope, Header } from '../contracts/envelope.ts';
import { DataError, issuesOf } from '../contracts/errors.ts';
import { hotSchema } from '../contracts/hot-schema.ts';
import type { Json } from '../contracts/json.ts';
import { LIMITS } from '../contracts/limits.ts';
import type { Blobs } from './ports.ts';

/** Bytes of JSON that a message may open to; more is a mistake or a zip bomb. */
export const LARGEST_PAYLOAD = 20 * 1024 * 1024;

const HotHeader = hotSchema(Header);

/** Brotli's sweet spot for JSON: nearly the ratio of its best at a tenth of the time. */
const QUALITY = 4;

/** JSON.stringify leaves these as they are, and SQS refuses a body that has them. */
const REFUSED_BY_SQS = /[\ufffe\uffff]/g;
const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16)}`;

/**
 * A message as it lies in a queue: the payload as it is, compressed when over `LIMITS.compressBody` (and smaller for
 * it), or by claim check when the whole body is still over `LIMITS.inlineBody`.
 * @throws DataError `payload_too_large` above {@link LARGEST_PAYLOAD}
 */
export async function encodeMessage(message: Envelope, blobs: Pick<Blobs, 'put'>): Promise<string> {
  const { header, payload } = message;
  const text = JSON.stringify(payload).replace(REFUSED_BY_SQS, escaped);
  const bytes = Buffer.byteLength(text);
  const plain = `{"header":${JSON.stringify(header)},"payload":${text}}`;
  if (bytes <= LIMITS.compressBody) return plain;
  if (bytes > LARGEST_PAYLOAD) {
    throw new DataError('payload_too_large', `a message carries at most ${LARGEST_PAYLOAD} bytes, this one ${bytes}`, {
      message_type: header.message_type,
    });
  }
  const params = { [constants.BROTLI_PARAM_QUALITY]: QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: bytes };
  const compressed = brotliCompressSync(text, { params }).toString('base64');
  const inline = compressed.length < bytes ? JSON.stringify({ header, compressed }) : plain;
  if (Buffer.byteLength(inline) <= LIMITS.inlineBody) return inline;
  return JSON.stringify({ header, claim: await blobs.put(header.tenant, payload) });
}

/**
 * Opens what {@link encodeMessage} closed. The payload is not yet checked against the schema of its type.
 * @throws DataError `message_malformed`, `payload_too_large` or `claim_foreign`; what `blobs.get` throws
 */
export async function decodeMessage(body: string, blobs: Pick<Blobs, 'get'>): Promise<Envelope> {
  const message = parseObject(body);
  const header = headerOf(message);
  if (message.payload !== undefined) return { header, payload: message.payload };
  if (typeof message.compressed === 'string') return { header, payload: decompress(message.compressed, header) };
  const claim = BlobRef.safeParse(message.claim);
  if (!claim.success) {
    throw malformed('it has none of payload, compressed or a valid claim', header);
  }
  if (!claim.data.key.startsWith(`${header.tenant}/`)) {
    throw new DataError('claim_foreign', `a message of tenant ${header.tenant} claims another tenant's body`, {
      message_id: header.message_id,
    });
  }
  return { header, payload: await blobs.get(claim.data) };
}

/** Only the header, for whoever need not look inside. @throws DataError `message_malformed` */
export function decodeHeader(body: string): Header {
  return headerOf(parseObject(body));
}

function parseObject(body: string): { [key: string]: Json } {
  let parsed: Json;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw malformed('the body is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw malformed('the body is no object');
  return parsed;
}

function headerOf(message: { [key: string]: Json }): Header {
  const header = HotHeader.safeParse(message.header);
  if (!header.success) throw malformed(`header: ${issuesOf(header.error)}`);
  return header.data;
}

function decompress(base64: string, header: Header): Json {
  try {
    const bytes = brotliDecompressSync(Buffer.from(base64, 'base64'), { maxOutputLength: LARGEST_PAYLOAD });
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    if (isTooLarge(error)) {
      throw new DataError('payload_too_large', `the payload opens to more than ${LARGEST_PAYLOAD} bytes`, {
        message_id: header.message_id,
      });
    }
    throw malformed('the compressed payload is neither brotli nor JSON inside', header);
  }
}

/** By its code, since zlib's errors may come from another realm than ours. */
function isTooLarge(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

function malformed(reason: string, header?: Header): DataError {
  const details = header && { message_id: header.message_id, message_type: header.message_type };
  return new DataError('message_malformed', `not a message: ${reason}`, details);
}
