import { BlobRef } from '../../contracts/blob.ts';
import type { Blobs, ParkedMessage } from '../../runtime/ports.ts';
import { type Item, number, packed, readNumber, readText, text, unpacked } from './attributes.ts';
import { sortableTime } from './table-layout.ts';

export const PARKED_DAYS = 'PARKED-DAYS';
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
export const dayKey = (day: string): string => `PARKED-DAY#${day}`;

/** Says that this message is parked already, and since when. */
export function encodeParkedMark(message: ParkedMessage): Item {
  return { pk: text(`PARKED#${message.parkedId}`), sk: text('A#parked'), at: number(message.at) };
}

/** Where a parked message lies. */
export function encodeParkedKey({ at, parkedId }: Pick<ParkedMessage, 'parkedId' | 'at'>): Item {
  return { pk: text(dayKey(dayOf(at))), sk: text(`${sortableTime(at)}#${parkedId}`) };
}

/** Where the parked messages of a tenant are listed; each says by its sort key where it lies. */
export const parkedOfKey = (tenant: string): string => `PARKED-OF#${tenant}`;

export function encodeParkedOf({ tenant, at, parkedId }: Pick<ParkedMessage, 'parkedId' | 'at' | 'tenant'>): Item {
  return { pk: text(parkedOfKey(tenant)), sk: text(`${sortableTime(at)}#${parkedId}`), at: number(at) };
}

/** The key of the message that a row of that list means. */
export const parkedKeyOf = (item: Item): Item => ({
  pk: text(dayKey(dayOf(readNumber(item, 'at')))),
  sk: text(readText(item, 'sk')),
});

/** Bodies above this, which only foreign messages have, lie in the blob bucket. */
const LARGEST_BODY = 256 * 1024;

export async function encodeParked(message: ParkedMessage, blobs: Pick<Blobs, 'put'>): Promise<Item> {
  const large = Buffer.byteLength(message.body) > LARGEST_BODY;
  const ref = large ? await blobs.put(message.tenant || '_parked', message.body) : undefined;
  return {
    ...encodeParkedKey(message),
    parked_id: text(message.parkedId),
    queue: text(message.queue),
    at: number(message.at),
    tenant_id: text(message.tenant),
    message_id: text(message.messageId),
    message_type: text(message.messageType),
    reason: text(message.reason),
    ...(message.runId !== undefined && { run_id: text(message.runId) }),
    ...(message.flowId !== undefined && { flow_id: text(message.flowId) }),
    ...(message.taskId !== undefined && { task_id: text(message.taskId) }),
    ...(ref ? { ref: text(JSON.stringify(ref)) } : { body: packed(JSON.stringify(message.body)) }),
  };
}

export async function decodeParked(item: Item, blobs: Pick<Blobs, 'get'>): Promise<ParkedMessage> {
  const body = item.ref ? await blobs.get(BlobRef.parse(JSON.parse(readText(item, 'ref')))) : unpacked(item, 'body');
  return {
    parkedId: readText(item, 'parked_id'),
    queue: readText(item, 'queue'),
    at: readNumber(item, 'at'),
    tenant: readText(item, 'tenant_id'),
    messageId: readText(item, 'message_id'),
    messageType: readText(item, 'message_type'),
    ...(item.run_id && { runId: readText(item, 'run_id') }),
    ...(item.flow_id && { flowId: readText(item, 'flow_id') }),
    ...(item.task_id && { taskId: readText(item, 'task_id') }),
    reason: readText(item, 'reason'),
    body: String(body),
  };
}
