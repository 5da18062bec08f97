import * as z from 'zod';
import { JsonObject } from '../../contracts/json.ts';
import type { GrantFlow } from '../../contracts/messages.ts';
import type { Blobs } from '../../runtime/ports.ts';
import type { Granted } from '../../workflow/turn.ts';

/** What a flow says, with the inputs of a batch at hand. */
export async function readGrant({ batch, ...said }: GrantFlow, blobs: Blobs): Promise<Granted> {
  if (!batch) return said;
  if ('leader' in batch) return { ...said, batch };
  const { items, members } = batch;
  const list = 'value' in items ? items.value : z.array(JsonObject).parse(await blobs.get(items.ref));
  return { ...said, batch: { items: list, members } };
}
