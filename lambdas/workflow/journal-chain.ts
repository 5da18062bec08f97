import { hash } from 'node:crypto';
import type { BlobRef } from '../contracts/blob.ts';
import { canonicalJson } from '../contracts/canonical-json.ts';
import { mapDocuments } from './documents.ts';
import type { Document, RunEvent } from './events.ts';
import type { JournalEntry } from './journal.ts';

const sha256 = (text: string): string => hash('sha256', text, 'hex');

/** What the first entry of a journal is chained to: its owner's id, so that no journal can stand in for another. */
export const chainStart = (id: string): string => sha256(`muster journal ${id}`);

/**
 * The hash of an entry: of the one before, and of all that the entry says. Whoever changes, takes away or moves an entry
 * changes the hash of all that follow. Entries of before there were hashes have theirs too: it is only not written down.
 * @param previous of the entry before; {@link chainStart} for the first
 * @param events of the entry, its documents as {@link digested} leaves them
 */
export function entryHash(previous: string, entry: JournalEntry<unknown>, events: readonly unknown[]): string {
  const { seq, turnId, at, confirmed, heard = null } = entry;
  return sha256(canonicalJson([previous, seq, turnId, at, confirmed, heard, events]));
}

/** sha256 of a document's canonical JSON: the same wherever it lies. */
export const documentDigest = (document: unknown): string => sha256(canonicalJson(document));

/**
 * Events with the digests of their documents instead of the documents, which may lie elsewhere, or be gone.
 * @param claim fetches a document that was moved before there were digests
 */
export function digested(
  events: readonly RunEvent[],
  claim: (ref: BlobRef) => Promise<unknown>,
): Promise<readonly RunEvent[]> {
  return mapDocuments(events, async <T>(document: Document<T>): Promise<Document<T>> => {
    const known = 'ref' in document ? document.digest : undefined;
    const digest = known ?? documentDigest('ref' in document ? await claim(document.ref) : document.value);
    return { ref: { key: '', bytes: 0, sha256: digest } };
  });
}
