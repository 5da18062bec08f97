import type { BlobRef } from '../../contracts/blob.ts';
import { DataError } from '../../contracts/errors.ts';
import type { Heard, JournalEntry, Snapshot } from '../../workflow/journal.ts';
import {
  type Item,
  itemBytes,
  LARGEST_ITEM,
  number,
  packed,
  readNumber,
  readText,
  text,
  unpacked,
} from './attributes.ts';
import { entryKey, runKey } from './table-layout.ts';

/*
 * Attribute names are short because every byte is written once per turn:
 * t turn id · a at · c confirmed · e events · q snapshot's seq · g engine · s state · r the blob that holds the state ·
 * h hash · m the messages that were heard
 */

const hashOf = (hash: string | undefined): Item =>
  hash === undefined ? {} : { h: { B: new Uint8Array(Buffer.from(hash, 'hex')) } };
const readHash = ({ h }: Item) => (h?.B === undefined ? {} : { hash: Buffer.from(h.B).toString('hex') });

/**
 * @param expiresAt when DynamoDB may forget it, epoch seconds; default: never
 * @throws DataError `journal_entry_too_large` when DynamoDB would refuse it
 */
export function encodeEntry(runId: string, entry: JournalEntry<unknown>, expiresAt?: number): Item {
  const item: Item = {
    pk: text(runKey(runId)),
    sk: text(entryKey(entry.seq)),
    t: text(entry.turnId),
    a: number(entry.at),
    c: number(entry.confirmed),
    e: packed(JSON.stringify(entry.events)),
    ...(entry.heard && { m: packed(JSON.stringify(entry.heard)) }),
    ...hashOf(entry.hash),
    ...(expiresAt !== undefined && { expires_at: number(expiresAt) }),
  };
  const bytes = itemBytes(item);
  if (bytes > LARGEST_ITEM) {
    throw new DataError('journal_entry_too_large', `entry ${entry.seq} has ${bytes} bytes; split the turn`, {
      run_id: runId,
    });
  }
  return item;
}

export function decodeEntry<E>(item: Item): JournalEntry<E> {
  return {
    seq: Number(readText(item, 'sk').slice(2)),
    turnId: readText(item, 't'),
    at: readNumber(item, 'a'),
    confirmed: readNumber(item, 'c'),
    // Only this room writes entries, and the engine upcasts old ones: the shape is its own, not checked again here.
    events: unpacked(item, 'e') as unknown as readonly E[],
    ...(item.m && { heard: unpacked(item, 'm') as unknown as readonly Heard[] }),
    ...readHash(item),
  };
}

/** A snapshot's item; its state is packed JSON, or lies in the blob bucket. */
export function encodeSnapshot(
  runId: string,
  snapshot: Snapshot,
  state: { json: string } | { ref: BlobRef },
  expiresAt?: number,
): Item {
  return {
    pk: text(runKey(runId)),
    sk: text('A#snapshot'),
    q: number(snapshot.seq),
    a: number(snapshot.at),
    c: number(snapshot.confirmed),
    g: number(snapshot.engine),
    ...('json' in state ? { s: packed(state.json) } : { r: text(JSON.stringify(state.ref)) }),
    ...hashOf(snapshot.hash),
    ...(expiresAt !== undefined && { expires_at: number(expiresAt) }),
  };
}

export function decodeSnapshot(item: Item, state: unknown): Snapshot {
  return {
    seq: readNumber(item, 'q'),
    at: readNumber(item, 'a'),
    confirmed: readNumber(item, 'c'),
    engine: readNumber(item, 'g'),
    state,
    ...readHash(item),
  };
}
