import type { AuditRecord } from '../contracts/audit.ts';
import type { AuditStore } from '../runtime/audit-store.ts';
import { type AuditObject, auditObject, chainBegin, decodeObject, encodeObject, objectHash } from './audit-object.ts';

/** Another writer may take the number that we wanted a few times. */
const TRIES = 8;

/** What was noted, and under which id. */
export interface Noted {
  readonly id: string;
  readonly records: readonly AuditRecord[];
}

/** A note to come. */
export interface Pending {
  readonly id: string;
  /**
   * What is written of it. Asked for when everything before it in the chain is settled, and again when another writer was
   * quicker: what it goes by (how far a journal is known) may have moved.
   * @param before in the same object
   */
  records(before: readonly Noted[]): Promise<readonly AuditRecord[]>;
}

/** Made with each object, also with one that somebody else has left half done. */
export type Settle = (object: AuditObject) => Promise<void>;

/**
 * Appends one object to a chain. First the object, under a number that only one writer can have; then whatever goes by it;
 * then the chain's head: who dies in between leaves an object that the next writer finds, and finishes.
 * @param settle repeated after a crash
 * @throws Error when other writers were quicker again and again
 */
export async function appendRecords(
  chain: string,
  pending: readonly Pending[],
  now: number,
  store: AuditStore,
  settle: Settle,
): Promise<void> {
  let rest = pending;
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const head = await store.head(chain);
    if (tries === 1 && head) rest = notIn(await store.read(chain, head.seq), rest);
    const noted: Noted[] = [];
    for (const note of rest) noted.push({ id: note.id, records: await note.records(noted) });
    const records = noted.flatMap((note) => note.records);
    const seq = (head?.seq ?? 0) + 1;
    if (records.length === 0) {
      // All of it may lie in an object whose writer died right before its head.
      const left = await store.read(chain, seq);
      if (left !== undefined) await finish(chain, decodeObject(left), left, store, settle);
      return;
    }
    const at = Math.max(now, head?.at ?? 0);
    const notes = noted.map(({ id }) => id);
    const object = auditObject({ chain, seq, prev: head?.hash ?? chainBegin(chain), at, notes }, records);
    const text = encodeObject(object);
    if (await store.put(chain, seq, text)) {
      await finish(chain, object, text, store, settle);
      return;
    }
    // Somebody was here, and died before its head, or is about to move it. What it has noted of ours is done.
    const found = await store.read(chain, seq);
    if (found === undefined) throw new Error(`object ${seq} of the audit's chain ${chain} is there and can't be read`);
    await finish(chain, decodeObject(found), found, store, settle);
    rest = notIn(found, rest);
  }
  throw new Error(`${TRIES} writers in a row took the next number of the audit's chain ${chain}`);
}

async function finish(
  chain: string,
  object: AuditObject,
  text: string,
  store: AuditStore,
  settle: Settle,
): Promise<void> {
  await settle(object);
  await store.advance({ chain, seq: object.head.seq, hash: objectHash(text), at: object.head.at });
}

/** A batch that comes again was noted by the object that it became. */
function notIn(text: string | undefined, pending: readonly Pending[]): readonly Pending[] {
  if (text === undefined) return pending;
  const { notes } = decodeObject(text).head;
  const done = new Set(notes);
  return pending.filter(({ id }) => !done.has(id));
}
