import type {
  MemoryKey,
  MemoryKeys,
  MemorySnapshots,
  MemoryStore,
  PoolAddress,
  PoolHead,
  SealedNote,
  StoredRow,
} from '../../runtime/memory/memory-stores.ts';
import { newKey, ownerOf } from '../memory-keys.ts';

const nameOf = ({ tenant, pool }: PoolAddress): string => `${tenant}/${pool}/`;
const isOf = (name: string, tenant: string): boolean => name.startsWith(`${tenant}/`) || name.startsWith(`${tenant}#`);

/** Memories in memory: versions and epochs as in the table. */
export function memoryMemories(): MemoryStore {
  const epochs = new Map<string, number>();
  const heads = new Map<string, PoolHead>();
  const rows = new Map<string, Map<string, StoredRow>>();
  const pools = new Map<string, Set<string>>();
  const notes = new Map<string, Map<string, SealedNote>>();
  const kept = (): Map<string, unknown>[] => [rows, heads, notes];
  const theirs = (of: ReadonlyMap<string, unknown>, tenant: string): string[] =>
    [...of.keys()].filter((name) => isOf(name, tenant));
  const noteKey = (tenant: string, runId: string): string => `${tenant}#${runId}`;
  return {
    epoch: async (tenant) => epochs.get(tenant) ?? 0,
    nextEpoch: async (tenant) => {
      const next = (epochs.get(tenant) ?? 0) + 1;
      epochs.set(tenant, next);
      return next;
    },
    head: async (address) => heads.get(nameOf(address)),
    commit: async (address, after, changed) => {
      const name = nameOf(address);
      const head = heads.get(name) ?? { version: 0 };
      if (head.version !== after.version || (epochs.get(address.tenant) ?? 0) !== after.epoch) return false;
      const version = head.version + 1;
      heads.set(name, { ...head, version });
      pools.set(address.tenant, (pools.get(address.tenant) ?? new Set()).add(address.pool));
      const own = rows.get(name) ?? new Map<string, StoredRow>();
      rows.set(name, own);
      for (const row of changed) own.set(row.id, { ...row, version });
      return true;
    },
    since: async (address, version) =>
      [...(rows.get(nameOf(address))?.values() ?? [])]
        .filter((row) => row.version > version)
        .sort((a, b) => a.version - b.version),
    setSnapshot: async (address, snapshot) => {
      const head = heads.get(nameOf(address)) ?? { version: 0 };
      if ((head.snapshot?.version ?? 0) > snapshot.version) return false;
      heads.set(nameOf(address), { ...head, snapshot });
      return true;
    },
    tenants: async () => [...pools.keys()].sort(),
    pools: async (tenant) => [...(pools.get(tenant) ?? [])].sort(),
    putNote: async (tenant, runId, note) => {
      const own = notes.get(noteKey(tenant, runId)) ?? new Map<string, SealedNote>();
      notes.set(noteKey(tenant, runId), own.set(note.name, note));
    },
    notes: async (tenant, runId) => [...(notes.get(noteKey(tenant, runId))?.values() ?? [])],
    dropNotes: async (tenant, runId) => {
      const dropped = notes.get(noteKey(tenant, runId))?.size ?? 0;
      notes.delete(noteKey(tenant, runId));
      return dropped;
    },
    countTenant: async (tenant) =>
      kept().reduce((sum, of) => sum + theirs(of, tenant).length, pools.get(tenant)?.size ?? 0),
    removeTenant: async (tenant) => {
      let removed = pools.get(tenant)?.size ?? 0;
      pools.delete(tenant);
      for (const of of kept())
        for (const name of theirs(of, tenant)) {
          of.delete(name);
          removed += 1;
        }
      return removed;
    },
  };
}

/** Keys in memory, and nowhere else. */
export function memoryMemoryKeys(): MemoryKeys {
  const keys = new Map<string, MemoryKey>();
  const nameOfKey = (tenant: string, subject: string | undefined): string => `${tenant}#${ownerOf(subject)}`;
  return {
    forSubject: async (tenant, subject) => {
      const name = nameOfKey(tenant, subject);
      const key = keys.get(name) ?? newKey(subject);
      keys.set(name, key);
      return key;
    },
    read: async (tenant, ids) => {
      const found = [...keys].flatMap(([name, key]) =>
        name.startsWith(`${tenant}#`) && ids.includes(key.id) ? [[key.id, key] as const] : [],
      );
      return new Map(found);
    },
    destroy: async (tenant, subject) => keys.delete(nameOfKey(tenant, subject)),
    countTenant: async (tenant) => [...keys.keys()].filter((name) => isOf(name, tenant)).length,
    destroyTenant: async (tenant) => {
      const theirs = [...keys.keys()].filter((name) => isOf(name, tenant));
      for (const name of theirs) keys.delete(name);
      return theirs.length;
    },
  };
}

/** Snapshots in memory. */
export function memoryMemorySnapshots(): MemorySnapshots {
  const objects = new Map<string, Uint8Array>();
  return {
    write: async (name, body) => void objects.set(name, Uint8Array.from(body)),
    read: async (name) => objects.get(name),
    remove: async (name) => void objects.delete(name),
    listTenant: async (tenant) => [...objects.keys()].filter((name) => isOf(name, tenant)).sort(),
    list: async (address) => [...objects.keys()].filter((name) => name.startsWith(nameOf(address))).sort(),
  };
}
