import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants } from 'node:zlib';
import type { BlobRef } from '../contracts/blob.ts';
import { DataError, SystemError } from '../contracts/errors.ts';
import type { Json } from '../contracts/json.ts';
import { sha256 } from './sha256.ts';

const compress = promisify(brotliCompress);
const decompress = promisify(brotliDecompress);
/** Nearly the ratio of brotli's best at a tenth of the time. */
const QUALITY = 4;
/** Bytes of JSON in one blob; agents keep larger data in buckets of their own. */
const LARGEST_BLOB = 64 * 1024 * 1024;

/** A value as a blob: its bytes, and the ticket that claims it. @throws DataError `blob_too_large` */
export async function packBlob(tenant: string, value: Json): Promise<{ ref: BlobRef; bytes: Buffer }> {
  const json = JSON.stringify(value);
  if (Buffer.byteLength(json) > LARGEST_BLOB) throw tooLarge();
  const params = { [constants.BROTLI_PARAM_QUALITY]: QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: json.length };
  const bytes = await compress(json, { params });
  const digest = sha256(bytes);
  return { ref: { key: `${tenant}/${digest}`, bytes: bytes.length, sha256: digest }, bytes };
}

/** The value in a blob's bytes. @throws DataError `blob_corrupt` or `blob_too_large` */
export async function openBlob(ref: BlobRef, bytes: Uint8Array): Promise<Json> {
  if (sha256(bytes) !== ref.sha256) {
    throw new DataError('blob_corrupt', `the blob ${ref.key} is not what was stored under it`, { key: ref.key });
  }
  try {
    const json = await decompress(bytes, { maxOutputLength: LARGEST_BLOB });
    return JSON.parse(json.toString('utf8'));
  } catch (error) {
    if (isTooLarge(error)) throw tooLarge();
    throw new DataError('blob_corrupt', `the blob ${ref.key} is neither brotli nor JSON inside`, { key: ref.key });
  }
}

/** What claiming a blob that is not there answers. */
export function blobMissing(ref: BlobRef): SystemError {
  return new SystemError('blob_missing', `there is no blob ${ref.key}; did its run expire?`, { key: ref.key });
}

/** By its code, since zlib's errors may come from another realm than ours. */
function isTooLarge(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

function tooLarge(): DataError {
  return new DataError('blob_too_large', `a blob holds at most ${LARGEST_BLOB} bytes of JSON; use a bucket`);
}
