import * as z from 'zod';
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

/** Where an upload is kept: its content names it, so the same twice is one object. @param name as its sender calls it */
export function uploadKey(sha256: string, name: string): string {
  const safe = name
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9_.=-]+/g, '-')
    .replace(/^[^A-Za-z0-9_]+/, '');
  return `uploads/${sha256.slice(0, 16)}/${safe.slice(-80).replace(/^[^A-Za-z0-9_]+/, '') || 'file'}`;
}
