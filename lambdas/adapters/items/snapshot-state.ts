import * as z from 'zod';
import { BlobRef } from '../../contracts/blob.ts';
import { MusterError } from '../../contracts/errors.ts';
import { LIMITS } from '../../contracts/limits.ts';
import { TenantId } from '../../contracts/names.ts';
import type { Blobs } from '../../runtime/ports.ts';
import type { Snapshot } from '../../workflow/journal.ts';
import { type Item, unpacked } from './attributes.ts';
import { decodeSnapshot, encodeSnapshot } from './journal-items.ts';

/**
 * Blobs of snapshots lie under a prefix that no tenant can have. They can be rebuilt from the journal,
 * so the bucket may expire them after some weeks.
 */
export const SNAPSHOT_PREFIX = '_snapshots';

/** The item of a snapshot; a state over `LIMITS.inlineDocument` goes to the blob bucket first. */
export async function snapshotItem(
  runId: string,
  snapshot: Snapshot,
  blobs: Pick<Blobs, 'put'>,
  expiresAt?: number,
): Promise<Item> {
  const json = JSON.stringify(snapshot.state);
  const large = json.length > LIMITS.inlineDocument;
  const place = `${SNAPSHOT_PREFIX}/${tenantIn(snapshot.state)}`;
  const state = large ? { ref: await blobs.put(place, JSON.parse(json)) } : { json };
  return encodeSnapshot(runId, snapshot, state, expiresAt);
}

/** The snapshot in an item; undefined when its state is lost or torn, because the journal has it all anyway. */
export async function snapshotOf(item: Item, blobs: Pick<Blobs, 'get'>): Promise<Snapshot | undefined> {
  try {
    const state = item.r?.S === undefined ? unpacked(item, 's') : await blobs.get(BlobRef.parse(JSON.parse(item.r.S)));
    return decodeSnapshot(item, state);
  } catch (error) {
    const temporary = error instanceof MusterError && error.code === 'blob_store_unavailable';
    if (temporary) throw error;
    return undefined;
  }
}

/** Whose run it is; flows that tenants share are nobody's. */
function tenantIn(state: unknown): string {
  const named = Owned.safeParse(state).data;
  return named?.request?.tenant ?? named?.gate?.tenant ?? SHARED;
}

const SHARED = '_shared';
const Owned = z.object({
  request: z.object({ tenant: TenantId }).optional(),
  gate: z.object({ tenant: TenantId.optional() }).optional(),
});
