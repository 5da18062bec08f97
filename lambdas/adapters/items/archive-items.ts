import { BlobRef } from '../../contracts/blob.ts';
import type { Blobs } from '../../runtime/ports.ts';
import type { ArchivedJournal, JournalEntry } from '../../workflow/journal.ts';
import { type Item, number, readNumber, readText, text } from './attributes.ts';
import { decodeEntry } from './journal-items.ts';
import { LAST_ENTRY, runKey } from './table-layout.ts';

/**
 * Says where the first entries of a journal lie. It sorts behind every entry, so whoever reads entries finds it, and
 * nobody else pays for it.
 */
export function encodeArchiveMark(runId: string, upTo: number, ref: BlobRef): Item {
  return { pk: text(runKey(runId)), sk: text(LAST_ENTRY), q: number(upTo), r: text(JSON.stringify(ref)) };
}

/** The entries after `after` among these items, the archived ones included. */
export async function entriesIn<E>(
  items: readonly Item[],
  after: number,
  blobs: Pick<Blobs, 'get'>,
): Promise<Array<JournalEntry<E>>> {
  const last = items.at(-1);
  if (!last || readText(last, 'sk') !== LAST_ENTRY) return items.map((item) => decodeEntry<E>(item));
  const upTo = readNumber(last, 'q');
  const later = items
    .slice(0, -1)
    .map((item) => decodeEntry<E>(item))
    .filter(({ seq }) => seq > upTo);
  if (after >= upTo) return later;
  // What lies there is what the archiver has put there.
  const archived = (await blobs.get(BlobRef.parse(JSON.parse(readText(last, 'r'))))) as unknown as ArchivedJournal<E>;
  return [...archived.entries.filter(({ seq }) => seq > after), ...later];
}
