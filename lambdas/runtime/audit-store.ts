/** Where a chain of the audit stands. */
export interface AuditHead {
  readonly chain: string;
  /** Of the last object; they count from 1. */
  readonly seq: number;
  /** Of the last object. */
  readonly hash: string;
  /** ms */
  readonly at: number;
}

/** How far a run's journal has been noted. */
export interface JournalAnchor {
  readonly runId: string;
  readonly seq: number;
  readonly hash: string;
  /** The object that holds the root. */
  readonly chain: string;
  readonly object: number;
}

/** Which objects of a chain speak of something. */
export interface AuditIndex {
  /** Records of a correlation lie in this object. Idempotent. */
  noteCorrelation(chain: string, correlationId: string, seq: number): Promise<void>;
  /** Their numbers, ascending. */
  findCorrelation(chain: string, correlationId: string): Promise<number[]>;
  /** Keeps the one that is further on. */
  noteAnchor(anchor: JournalAnchor): Promise<void>;
  anchorOf(runId: string): Promise<JournalAnchor | undefined>;
}

/**
 * Port: the objects of the audit, which nobody can change or remove once they are there, and an index beside them. What the
 * index says is only ever a hint: the truth are the objects.
 */
export interface AuditStore extends AuditIndex {
  /** Strongly consistent. */
  head(chain: string): Promise<AuditHead | undefined>;
  heads(): Promise<AuditHead[]>;
  /** Moves the head one object on; nothing changes when it is there already, or further. */
  advance(head: AuditHead): Promise<void>;
  /** Writes an object where there is none; false, and nothing changes, when there is one. */
  put(chain: string, seq: number, text: string): Promise<boolean>;
  read(chain: string, seq: number): Promise<string | undefined>;
  /** The numbers of the objects that are there, ascending, and when each was written, ms. */
  list(chain: string): Promise<ReadonlyArray<{ readonly seq: number; readonly at: number }>>;
  /** Every chain of which there is an object. */
  chains(): Promise<string[]>;
}
