import { SystemError } from '../../contracts/errors.ts';
import type { MemoryKey, PoolAddress, PoolHead, StoredRow } from '../../runtime/memory/memory-stores.ts';
import type { MemoryPorts } from './memory-ports.ts';
import { PoolState } from './pool-state.ts';
import { openEntry, type Remembered, sealEntry } from './remembered.ts';
import { readSnapshot, snapshotName, versionIn, writeSnapshot } from './snapshot.ts';

/** As many rows as one commit takes. */
const ROWS_PER_COMMIT = 50;
/** Others commit to the same pool at the same moment; as often as this in a row never. */
const MOST_TRIES = 12;
/** Entries that a container keeps at most, over all pools; about 3 KB each. */
const MOST_ENTRIES = 250_000;

/** A change of a pool: what is put, and what is taken away. */
export interface PoolChange {
  readonly put?: readonly Remembered[];
  readonly remove?: readonly string[];
}

type Stores = Pick<MemoryPorts, 'memories' | 'memoryKeys' | 'memorySnapshots' | 'embedder' | 'logger'>;

/** Pools in this container's memory, each as it stood when it was last opened, and the way to change them. */
export function poolStore({ memories, memoryKeys, memorySnapshots, embedder, logger }: Stores) {
  const loaded = new Map<string, PoolState>();
  const epochs = new Map<string, number>();
  const nameOf = ({ tenant, pool }: PoolAddress): string => `${tenant}#${pool}`;

  /** Somebody was erased: whatever was opened with old keys is dropped. */
  function enter(tenant: string, epoch: number): void {
    if (epochs.get(tenant) !== epoch)
      for (const name of loaded.keys()) if (name.startsWith(`${tenant}#`)) loaded.delete(name);
    epochs.set(tenant, epoch);
  }

  function keep(address: PoolAddress, state: PoolState): void {
    const name = nameOf(address);
    loaded.delete(name);
    loaded.set(name, state);
    let total = 0;
    for (const [other, { size }] of [...loaded].reverse()) {
      total += size;
      if (total > MOST_ENTRIES && other !== name) loaded.delete(other);
    }
  }

  async function fromSnapshot(address: PoolAddress, { snapshot }: PoolHead): Promise<PoolState> {
    const state = new PoolState(embedder?.model);
    const bytes = snapshot && (await memorySnapshots.read(snapshot.name));
    if (!bytes) return state;
    const { version, keys, open } = readSnapshot(address, bytes);
    for (const { key, remembered } of open(await memoryKeys.read(address.tenant, keys))) state.put(remembered, key);
    state.version = version;
    return state;
  }

  async function applyAll(address: PoolAddress, state: PoolState, rows: readonly StoredRow[]): Promise<void> {
    const ids = new Set(rows.flatMap(({ key, body }) => (body ? [key] : [])));
    const keys = await memoryKeys.read(address.tenant, [...ids]);
    for (const row of rows) {
      const key = keys.get(row.key);
      state.apply(row, row.body && key ? openEntry(row.id, row.body, address, key) : undefined);
    }
  }

  /** The pool as it is now. */
  async function read(address: PoolAddress): Promise<{ state: PoolState; epoch: number; head: PoolHead | undefined }> {
    const [epoch, head] = await Promise.all([memories.epoch(address.tenant), memories.head(address)]);
    enter(address.tenant, epoch);
    if (head === undefined) return { state: new PoolState(embedder?.model), epoch, head };
    const known = loaded.get(nameOf(address));
    const state = known ?? (await fromSnapshot(address, head));
    if (state.version < head.version) await applyAll(address, state, await memories.since(address, state.version));
    keep(address, state);
    return { state, epoch, head };
  }

  /**
   * Works out a change of the pool as it stands, and commits it; again, if others were faster.
   * @returns what `decide` answered beside the change that was committed
   */
  async function change<T>(
    address: PoolAddress,
    decide: (state: PoolState) => Promise<PoolChange & { answer: T }> | (PoolChange & { answer: T }),
  ): Promise<T> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const { state, epoch } = await read(address);
      const { answer, put = [], remove = [] } = await decide(state);
      if (await commitAll(address, state, epoch, put, remove)) return answer;
      logger.info('a pool was changed by others at the same time', { ...address, tries });
    }
    throw new SystemError('memory_busy', 'this pool is changed by too many at once: try again');
  }

  async function commitAll(
    address: PoolAddress,
    state: PoolState,
    epoch: number,
    put: readonly Remembered[],
    remove: readonly string[],
  ): Promise<boolean> {
    const keys = new Map<string | undefined, MemoryKey>();
    for (const { entry } of put)
      if (!keys.has(entry.subject)) keys.set(entry.subject, await memoryKeys.forSubject(address.tenant, entry.subject));
    const changes = [
      ...put.map((remembered) => ({ id: remembered.entry.id, key: keys.get(remembered.entry.subject), remembered })),
      ...remove.map((id) => ({ id, key: undefined, remembered: undefined })),
    ];
    for (let from = 0; from < changes.length; from += ROWS_PER_COMMIT) {
      const some = changes.slice(from, from + ROWS_PER_COMMIT);
      const rows = some.map(({ id, key, remembered }) => ({
        ...{ id, key: key?.id ?? '' },
        body: key && remembered ? sealEntry(remembered, address, key) : undefined,
      }));
      const before = state.version;
      if (!(await memories.commit(address, { version: before, epoch }, rows))) return false;
      const version = before + 1;
      for (const { id, key, remembered } of some) state.apply({ id, version, key: key?.id ?? '' }, remembered);
    }
    if (changes.length > 0) keep(address, state);
    return true;
  }

  /** Writes the pool as it stands into a new snapshot; the older ones go. @returns how many went */
  async function snapshot(address: PoolAddress): Promise<number> {
    const { state, head } = await read(address);
    if (head === undefined) return 0;
    const byKey = new Map<string, Remembered[]>();
    for (const remembered of state.all()) {
      const key = state.keyOf(remembered.entry.id) ?? '';
      const entries = byKey.get(key) ?? [];
      entries.push(remembered);
      byKey.set(key, entries);
    }
    const keys = await memoryKeys.read(address.tenant, [...byKey.keys()]);
    const sealed = new Map(
      [...byKey].flatMap(([id, entries]) => {
        const key = keys.get(id);
        return key ? [[key, entries] as const] : [];
      }),
    );
    const name = snapshotName(address, state.version);
    await memorySnapshots.write(name, writeSnapshot(address, state.version, sealed));
    if (!(await memories.setSnapshot(address, { name, version: state.version }))) {
      await memorySnapshots.remove(name);
      return 0;
    }
    const old = (await memorySnapshots.list(address)).filter((other) => other !== name && !isNewer(other, name));
    for (const other of old) await memorySnapshots.remove(other);
    return old.length;
  }

  /** What is known of the tenant is dropped: the next look is at what is stored. */
  const drop = (tenant: string): void => enter(tenant, -1);

  return { read, change, snapshot, drop };
}

/** Of a later version: somebody else's, who was faster. */
const isNewer = (other: string, name: string): boolean => versionIn(other) > versionIn(name);

export type PoolStore = ReturnType<typeof poolStore>;
