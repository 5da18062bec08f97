/*
 * What the memory Lambda keeps things in. Nothing in here is readable without its key: bodies are sealed before they come
 * here, and a key that is destroyed takes all that it sealed along, wherever copies of it lie.
 */

/** A pool of a tenant: an agent's own or a shared one. */
export interface PoolAddress {
  readonly tenant: string;
  readonly pool: string;
}

/** An entry as it is stored. */
export interface StoredRow {
  readonly id: string;
  /** The commit that wrote it. */
  readonly version: number;
  /** Of the key that sealed it. */
  readonly key: string;
  /** undefined: it was taken away in this commit. */
  readonly body: Uint8Array | undefined;
}

/** Where a pool stands. */
export interface PoolHead {
  /** Commits so far. */
  readonly version: number;
  /** The name of the newest one, and the version that it holds. */
  readonly snapshot?: { readonly name: string; readonly version: number };
}

export interface MemoryStore {
  /** How often somebody of the tenant was erased; from 0. Consistent. */
  epoch(tenant: string): Promise<number>;
  /** One more; commits that were prepared before fail from now on. @returns the new one */
  nextEpoch(tenant: string): Promise<number>;
  /** Consistent; undefined: nothing was ever remembered there. */
  head(address: PoolAddress): Promise<PoolHead | undefined>;
  /**
   * Writes rows as version `after.version + 1`, all or none; at most 50.
   * @param rows body undefined: takes it away
   * @returns false when somebody else has committed, or erased, in between
   */
  commit(
    address: PoolAddress,
    after: { readonly version: number; readonly epoch: number },
    rows: ReadonlyArray<Omit<StoredRow, 'version'>>,
  ): Promise<boolean>;
  /**
   * All that was written after this version, consistent, in order of version. What was taken away is told for a month:
   * nobody works on from a state that is older.
   */
  since(address: PoolAddress, version: number): Promise<StoredRow[]>;
  /** Names the newest snapshot, unless there is a newer one by now. @returns whether it was named */
  setSnapshot(address: PoolAddress, snapshot: { readonly name: string; readonly version: number }): Promise<boolean>;
  tenants(): Promise<string[]>;
  pools(tenant: string): Promise<string[]>;
  /** Sealed notes of a run; kept for weeks. */
  putNote(tenant: string, runId: string, note: SealedNote, keepUntil: number): Promise<void>;
  notes(tenant: string, runId: string): Promise<SealedNote[]>;
  /** @returns how many there were */
  dropNotes(tenant: string, runId: string): Promise<number>;
  /** Rows of the tenant: of pools, notes and lists. How often somebody was erased is not one of them, and stays. */
  countTenant(tenant: string): Promise<number>;
  /** All of them, for good. @returns how many there were */
  removeTenant(tenant: string): Promise<number>;
}

export interface SealedNote {
  readonly name: string;
  readonly key: string;
  readonly body: Uint8Array;
}

/** Secrets that bodies are sealed with, one per person and one per tenant for what is nobody's. No backup holds them. */
export interface MemoryKeys {
  /** Makes one if there is none. @param subject undefined: the tenant's own */
  forSubject(tenant: string, subject: string | undefined): Promise<MemoryKey>;
  /** By their ids; destroyed ones are missing. */
  read(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, MemoryKey>>;
  /** For good. @returns false when there was none */
  destroy(tenant: string, subject: string): Promise<boolean>;
  countTenant(tenant: string): Promise<number>;
  /** Every key of the tenant, for good. @returns how many there were */
  destroyTenant(tenant: string): Promise<number>;
}

export interface MemoryKey {
  readonly id: string;
  /** 256 bits. */
  readonly secret: Uint8Array;
}

/** Large sealed objects, by name. */
export interface MemorySnapshots {
  write(name: string, body: Uint8Array): Promise<void>;
  read(name: string): Promise<Uint8Array | undefined>;
  /** For good; harmless when it is not there. */
  remove(name: string): Promise<void>;
  /** Names of a pool's snapshots: `tenant/pool/…`. */
  list(address: PoolAddress): Promise<string[]>;
  listTenant(tenant: string): Promise<string[]>;
}
