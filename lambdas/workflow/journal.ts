import type { RunEvent } from './events.ts';

/** One turn of the coordinator, appended as one item. */
export interface JournalEntry {
  /** From 1, without gaps: the fencing number of the run's only writer. */
  readonly seq: number;
  /** Unique per attempt to append, so that a writer recognises its own entry after a lost answer. */
  readonly turnId: string;
  /** The run's clock, ms: never earlier than the entry before. */
  readonly at: number;
  /** Effects of all entries up to and including this number are known to be carried out. */
  readonly confirmed: number;
  readonly events: readonly RunEvent[];
}

export type AppendOutcome = { readonly appended: true } | { readonly appended: false; readonly existing: JournalEntry };

/** A fold of the journal up to `seq`, so that a long run need not be read from its beginning. */
export interface Snapshot {
  readonly seq: number;
  readonly at: number;
  readonly confirmed: number;
  /** Version of the engine that folded it; another version ignores it and reads the journal. */
  readonly engine: number;
  readonly state: unknown;
}

/** Port: the journal of every run. */
export interface Journal {
  /** Entries with `seq > after`, in order, strongly consistent. */
  read(runId: string, after: number): Promise<JournalEntry[]>;
  /** Appends on condition that no entry has this `seq` yet; on conflict answers what is there. */
  append(runId: string, entry: JournalEntry): Promise<AppendOutcome>;
  readSnapshot(runId: string): Promise<Snapshot | undefined>;
  /** Keeps the newer of the stored snapshot and this one. */
  writeSnapshot(runId: string, snapshot: Snapshot): Promise<void>;
}
