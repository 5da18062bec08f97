import * as z from 'zod';
import { DataError } from '../../contracts/errors.ts';
import type { AgentContext } from '../../runtime/agent.ts';
import type { ObjectStore } from '../../runtime/ports.ts';
import { isOwnKey, OWN_KEY, tenantObjects } from '../../runtime/tenant-objects.ts';

/** Where uploaded files lie. */
export const FILES_BUCKET = 'task-files';

/** A key in it: no way up, no way around. */
export const FileKey = z
  .string()
  .max(512)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.=-]*(\/[A-Za-z0-9_][A-Za-z0-9_.=-]*)*$/, 'is a key like "uploads/2026/sales.csv"')
  .refine(isOwnKey, OWN_KEY);

/** The files as this tenant sees them. */
export const filesOf = (ctx: Pick<AgentContext, 'bucket' | 'tenant'>): ObjectStore =>
  tenantObjects(ctx.bucket(FILES_BUCKET), ctx.tenant);

/** The bytes of a file as they come. @throws DataError `object_missing`, `input_too_large` as soon as there are more than `most` */
export async function* bytesOf(files: ObjectStore, key: string, most: number): AsyncGenerator<Buffer> {
  const stream = await files.read(key);
  let bytes = 0;
  try {
    for await (const piece of stream) {
      const chunk = Buffer.from(piece);
      bytes += chunk.length;
      if (bytes > most) throw new DataError('input_too_large', `${key} has more than ${most} bytes`);
      yield chunk;
    }
  } finally {
    stream.destroy();
  }
}

/** Of a file that is worked on without ever being in memory as a whole. */
export const LARGEST_FILE = 100 * 1024 * 1024;

/** Where an upload is kept: its content names it, so the same twice is one object. @param name as its sender calls it */
export function uploadKey(sha256: string, name: string): string {
  const safe = name
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9_.=-]+/g, '-')
    .replace(/^[^A-Za-z0-9_]+/, '');
  return `uploads/${sha256.slice(0, 16)}/${safe.slice(-80).replace(/^[^A-Za-z0-9_]+/, '') || 'file'}`;
}
