import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { LIMITS } from '../contracts/limits.ts';

/** Bytes of JSON that a message may open to; more is a mistake or a zip bomb. */
export const LARGEST_PAYLOAD = 20 * 1024 * 1024;

/** Brotli's sweet spot for JSON: nearly the ratio of its best at a tenth of the time. */
const QUALITY = 4;

/** What it opens to is larger than any message may be. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

export function compress(text: string): Buffer {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(text),
  };
  return brotliCompressSync(text, { params });
}

/** @throws TooLarge above {@link LARGEST_PAYLOAD}; what zlib throws */
export function decompress(bytes: Uint8Array): string {
  try {
    return brotliDecompressSync(bytes, { maxOutputLength: LARGEST_PAYLOAD }).toString('utf8');
  } catch (error) {
    if (isTooLarge(error)) throw new TooLarge('it opens to more than a message may hold');
    throw error;
  }
}

const AS_IS = 0;
const COMPRESSED = 1;

/** A text as bytes that say how they are to be opened: compressing a short one would cost more than it saves. */
export function packText(text: string): Buffer {
  const short = text.length <= LIMITS.compressBody;
  return Buffer.concat([Buffer.of(short ? AS_IS : COMPRESSED), short ? Buffer.from(text) : compress(text)]);
}

/** @throws TooLarge above {@link LARGEST_PAYLOAD}; Error when they are not what {@link packText} made */
export function unpackText(bytes: Uint8Array): string {
  const [how] = bytes;
  const rest = bytes.subarray(1);
  if (how === AS_IS) return Buffer.from(rest).toString('utf8');
  if (how === COMPRESSED) return decompress(rest);
  throw new Error('nobody knows how this was packed');
}

/** By its code, since zlib's errors may come from another realm than ours. */
function isTooLarge(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
