import * as z from 'zod';
import { EpochMs, TenantId } from './names.ts';

/**
 * What lets an agent speak of a run to the memory Lambda: that it was handed this task, of a run of this tenant, and until
 * when. The coordinator signs it; nobody else can.
 */
export const MemoryPass = z.strictObject({
  tenant: TenantId,
  until: EpochMs,
  signature: z.string().max(64),
});
export type MemoryPass = z.infer<typeof MemoryPass>;
