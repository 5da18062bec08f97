import * as z from 'zod';
import { type ResultValue, UpstreamValue } from '../contracts/blob.ts';
import type { Json } from '../contracts/json.ts';
import type { TaskAssignment } from '../contracts/messages.ts';
import { TaskId } from '../contracts/names.ts';
import { createLimiter } from './limiter.ts';
import type { Blobs } from './ports.ts';

/** Results fetched at once: a list may have thousands. */
const AT_ONCE = 32;

/**
 * What a task depends on, by task or group, as plain values. A list keeps its order; null stands for one that was skipped
 * or failed, and tolerated.
 */
export async function openUpstream(
  { upstream = {}, upstream_ref: ref }: TaskAssignment,
  blobs: Pick<Blobs, 'get'>,
): Promise<Record<string, Json>> {
  const limited = createLimiter(AT_ONCE);
  const values = ref ? z.record(TaskId, UpstreamValue).parse(await blobs.get(ref)) : upstream;
  const one = async (result: ResultValue): Promise<Json> =>
    'value' in result ? result.value : limited(() => blobs.get(result.ref));
  const open = (value: UpstreamValue): Promise<Json> =>
    'list' in value ? Promise.all(value.list.map((result) => (result === null ? null : open(result)))) : one(value);
  const opened = Object.entries(values).map(async ([id, value]) => [id, await open(value)] as const);
  return Object.fromEntries(await Promise.all(opened));
}
