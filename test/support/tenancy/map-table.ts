import type { Item } from '../../../lambdas/adapters/items/attributes.ts';
import type { ItemTable } from '../../../lambdas/adapters/tenant-data/item-table.ts';
import type { ObjectBucket } from '../../../lambdas/adapters/tenant-data/object-store.ts';

const nameOf = ({ pk, sk }: Item): string => `${pk?.S}\u0000${sk?.S ?? ''}`;

/** A table whose rows can be seen, in pages of three. */
export function mapTable(page = 3): ItemTable & { readonly rows: Map<string, Item>; add(...items: Item[]): void } {
  const rows = new Map<string, Item>();
  const sorted = (): Item[] => [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  return {
    rows,
    add: (...items) => {
      for (const item of items) rows.set(nameOf(item), item);
    },
    scan: async (from) => {
      const after = from ? nameOf(from) : '';
      const rest = sorted().filter((item) => nameOf(item) > after);
      const items = rest.slice(0, page);
      const last = items.at(-1);
      return {
        items,
        ...(rest.length > page && last && { next: { pk: last.pk ?? { S: '' }, ...(last.sk && { sk: last.sk }) } }),
      };
    },
    get: async (pk, sk) => rows.get(`${pk}\u0000${sk}`),
    partition: async (pk, limit) =>
      sorted()
        .filter((item) => item.pk?.S === pk)
        .slice(0, limit),
    put: async (item) => void rows.set(nameOf(item), item),
    remove: async (items) => {
      for (const item of items) rows.delete(nameOf(item));
    },
    removeEntries: async (key, map, names) => {
      const item = rows.get(nameOf(key));
      const entries = Object.entries(item?.[map]?.M ?? {}).filter(([name]) => !names.includes(name));
      if (item) rows.set(nameOf(key), { ...item, [map]: { M: Object.fromEntries(entries) } });
    },
  };
}

export function mapBucket(page = 2): ObjectBucket & { readonly objects: Map<string, Uint8Array> } {
  const objects = new Map<string, Uint8Array>();
  return {
    objects,
    list: async (prefix, from = '') => {
      const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > from).sort();
      const some = keys.slice(0, page);
      return { keys: some, ...(keys.length > page && { next: some.at(-1) ?? '' }) };
    },
    read: async (key) => objects.get(key),
    remove: async (keys) => {
      for (const key of keys) objects.delete(key);
    },
  };
}
