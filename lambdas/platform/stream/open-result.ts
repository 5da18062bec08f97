import { BlobRef } from '../../contracts/blob.ts';
import type { Json, JsonObject } from '../../contracts/json.ts';
import { STREAM_LIMITS } from '../../contracts/stream.ts';
import type { Blobs } from '../../runtime/ports.ts';
import { fits } from './send-frame.ts';

/** A frame has a name and a number beside its body. */
const ROOM = STREAM_LIMITS.frameOut - 2_048;

class TooLarge extends Error {}

/**
 * A run's result with everything in it that lies elsewhere; undefined when that is more than a frame takes. Refs lead to
 * the tenant's own blobs only, whoever wrote them.
 */
export async function openResult(result: Json, tenant: string, blobs: Pick<Blobs, 'get'>): Promise<Json | undefined> {
  let room = ROOM;
  async function open(value: Json): Promise<Json> {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return Promise.all(value.map(open));
    const ref = refIn(value);
    if (ref) {
      // What is stored is compressed: whatever is larger even so can't fit.
      room -= ref.bytes;
      if (room < 0 || !ref.key.startsWith(`${tenant}/`)) throw new TooLarge();
      return blobs.get(ref);
    }
    const opened: JsonObject = {};
    for (const [name, inner] of Object.entries(value)) opened[name] = await open(inner);
    return opened;
  }
  try {
    const whole = await open(inside(result));
    return fits(whole) && JSON.stringify(whole).length <= ROOM ? whole : undefined;
  } catch (error) {
    if (error instanceof TooLarge) return undefined;
    throw error;
  }
}

/** `workflow_completed` says either the value or where it lies. */
function inside(result: Json): Json {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return result;
  return Object.keys(result).length === 1 && result.value !== undefined ? result.value : result;
}

function refIn(value: JsonObject): BlobRef | undefined {
  return Object.keys(value).length === 1 ? BlobRef.safeParse(value.ref).data : undefined;
}
