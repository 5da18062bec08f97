import type { SealedNote, StoredRow } from '../../runtime/memory/memory-stores.ts';
import { type Item, number, readNumber, readText, text } from './attributes.ts';

/*
 * The table of memories (`pk`, `sk`; TTL attribute `expires_at`):
 *
 *   <tenant>#<pool>          #                 where the pool stands: `version`, and its newest snapshot
 *   <tenant>#<pool>          mem_…             an entry, sealed, or that it was taken away; `v` = the commit
 *   <tenant>#run#<runId>     <name>            a note of a run, sealed
 *   <tenant>                 #                 how often somebody was erased: `epoch`
 *   <tenant>                 <pool>            that there is this pool
 *   #tenants                 <tenant>          that there is this tenant
 *
 * and that of keys, which no backup holds:
 *
 *   <tenant>                 <hash of subject> `key_id`, and the `secret` itself
 */

/** Local index over the entries of a pool by `v`: what was committed since. */
export const BY_VERSION = { index: 'by_version', partition: 'pk', sort: 'v' } as const;
export const HEAD = '#';
export const TENANTS = '#tenants';

export const poolKey = (tenant: string, pool: string): string => `${tenant}#${pool}`;
export const notesKey = (tenant: string, runId: string): string => `${tenant}#run#${runId}`;

export function encodeRow(
  pool: string,
  { id, key, body }: Omit<StoredRow, 'version'>,
  version: number,
  goneUntil: number,
): Item {
  return {
    ...{ pk: text(pool), sk: text(id), [BY_VERSION.sort]: number(version), key: text(key) },
    ...(body ? { body: { B: body } } : { expires_at: number(Math.ceil(goneUntil / 1_000)) }),
  };
}

export const decodeRow = (item: Item): StoredRow => ({
  id: readText(item, 'sk'),
  version: readNumber(item, BY_VERSION.sort),
  key: readText(item, 'key'),
  body: item.body?.B,
});

export const encodeNote = (pk: string, { name, key, body }: SealedNote, keepUntil: number): Item => ({
  ...{ pk: text(pk), sk: text(name), key: text(key), body: { B: body } },
  expires_at: number(Math.ceil(keepUntil / 1_000)),
});

export function decodeNote(item: Item): SealedNote {
  return { name: readText(item, 'sk'), key: readText(item, 'key'), body: item.body?.B ?? new Uint8Array() };
}
