import type { Json } from '../../contracts/json.ts';
import { LIMITS } from '../../contracts/limits.ts';
import type { Blobs } from '../../runtime/ports.ts';
import { mapDocuments } from '../../workflow/documents.ts';
import type { Document, RunEvent } from '../../workflow/events.ts';
import { documentDigest } from '../../workflow/journal-chain.ts';

/** Moves large documents of events to the blob bucket; all but the smallest, where they are too many for one entry. */
export async function storeDocuments(
  events: readonly RunEvent[],
  tenant: string,
  blobs: Blobs,
): Promise<readonly RunEvent[]> {
  const over = (most: number, those: readonly RunEvent[]) =>
    mapDocuments(those, async <T>(document: Document<T>): Promise<Document<T>> => {
      if ('ref' in document) return document;
      const text = JSON.stringify(document.value);
      if (text.length <= most) return document;
      return { ref: await blobs.put(tenant, JSON.parse(text) as Json), digest: documentDigest(document.value) };
    });
  const stored = await over(LIMITS.inlineDocument, events);
  const fits = stored === events || JSON.stringify(stored).length <= LIMITS.journalEntry;
  return fits ? stored : over(LIMITS.inlineResult, stored);
}

/** Bytes of events in a journal entry, their documents aside: those can be moved. */
export async function bytesOfEvents(events: readonly RunEvent[]): Promise<number> {
  const none = async <T>(): Promise<Document<T>> => ({ ref: { key: '', bytes: 0, sha256: '' } });
  return JSON.stringify(await mapDocuments(events, none)).length;
}

/** The opposite: entries as the fold wants them, with every document at hand. */
export function fetchDocuments(events: readonly RunEvent[], blobs: Blobs): Promise<readonly RunEvent[]> {
  return mapDocuments(
    events,
    async <T>(document: Document<T>): Promise<Document<T>> =>
      'ref' in document ? { value: (await blobs.get(document.ref)) as T } : document,
  );
}
