import * as z from 'zod';
import { Json } from './json.ts';

/** Where a body lies when it is too large to travel: the ticket of a claim check. */
export const BlobRef = z.object({
  key: z.string().min(1).max(1_024).describe('Object key in the blob bucket; starts with the tenant'),
  bytes: z.number().int().nonnegative().describe('Size as stored'),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe('Of the stored bytes; checked when the body is claimed'),
});
export type BlobRef = z.infer<typeof BlobRef>;

/**
 * Archived journals lie under a prefix that no tenant can have, in a bucket of their own: they stay when other blobs have
 * expired.
 */
export const ARCHIVE_PREFIX = '_archive';

/** A task's result: small ones ride along, those over 1 KiB (see limits.ts) lie in the blob bucket. */
export const ResultValue = z.union([z.object({ value: Json }), z.object({ ref: BlobRef })]);
export type ResultValue = z.infer<typeof ResultValue>;

/** Results of tasks that belong together, in their order. */
const ResultList = z.object({
  list: z.array(z.union([ResultValue, z.null()])).describe('null: skipped or failed, and tolerated'),
});

/** What a task sees of one it depends on: its result, or the list of results of a group or of a task made for each item. */
export const UpstreamValue = z.union([
  ResultValue,
  z.object({
    list: z
      .array(z.union([ResultValue, ResultList, z.null()]))
      .describe('null: skipped or failed, and tolerated; a list: of a member of a group, made for each item'),
  }),
]);
export type UpstreamValue = z.infer<typeof UpstreamValue>;
