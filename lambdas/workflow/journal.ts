import type { BlobRef } from '../contracts/blob.ts';
import type { PriorityLevel } from '../contracts/priority.ts';
import type { RunEvent } from './events.ts';

/** One turn of the coordinator, appended as one item. `E`: what a run's events are, or a flow's. */
export interface JournalEntry<E = RunEvent> {
  /** From 1, without gaps: the fencing number of the only writer. */
  readonly seq: number;
  /** Unique per attempt to append, so that a writer recognises its own entry after a lost answer. */
  readonly turnId: string;
  /** The run's clock, ms: never earlier than the entry before. */
  readonly at: number;
  /** Effects of all entries up to and including this number are known to be carried out. */
  readonly confirmed: number;
  readonly events: readonly E[];
  /** The messages that it answers. Absent in journals of before there was an audit. */
  readonly heard?: readonly Heard[];
  /** Of this entry and all before it (journal-chain.ts). Absent in journals of before there was an audit. */
  readonly hash?: string;
}

/** A message that a turn worked on, as its header says. */
export type Heard = readonly [messageId: string, sender: string, type: string, priority: PriorityLevel];

export type AppendOutcome<E = RunEvent> =
  | { readonly appended: true }
  | { readonly appended: false; readonly existing: JournalEntry<E> };

/** A fold of the journal up to `seq`, so that a long run need not be read from its beginning. */
export interface Snapshot {
  readonly seq: number;
  readonly at: number;
  readonly confirmed: number;
  /** Version of the engine that folded it; another version ignores it and reads the journal. */
  readonly engine: number;
  readonly state: unknown;
  /** Of the entry `seq`; a snapshot without it is of before there was an audit, and not used. */
  readonly hash?: string;
}

/** Port: the journal of every run, or of every flow. Ids are run ids or flow ids. */
export interface Journal<E = RunEvent> {
  /** Entries with `seq > after`, in order, strongly consistent. */
  read(runId: string, after: number): Promise<JournalEntry<E>[]>;
  /** Appends on condition that no entry has this `seq` yet; on conflict answers what is there. */
  append(runId: string, entry: JournalEntry<E>): Promise<AppendOutcome<E>>;
  readSnapshot(runId: string): Promise<Snapshot | undefined>;
  /** Keeps the newer of the stored snapshot and this one. */
  writeSnapshot(runId: string, snapshot: Snapshot): Promise<void>;
}

/** Port: moves the beginning of a journal, usually all of it, out of the way. */
export interface JournalArchive {
  /**
   * Entries up to `upTo` lie under `ref` from now on, in an {@link ArchivedJournal}: reading the journal answers them from
   * there. They and the snapshot are gone from the store. Harmless again, and after a crash on the way.
   */
  archive(runId: string, upTo: number, ref: BlobRef): Promise<void>;
}

/** Entries that were moved out of their store, documents opened: they outlive the blobs around them. */
export interface ArchivedJournal<E = RunEvent> {
  readonly run_id: string;
  readonly entries: ReadonlyArray<JournalEntry<E>>;
}
