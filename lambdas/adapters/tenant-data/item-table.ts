import type { Item } from '../items/attributes.ts';

/** A table as whoever looks through all of it sees it. */
export interface ItemTable {
  /** Strongly consistent; rows of one partition follow each other in the order of their sort keys. */
  scan(from?: Item): Promise<{ readonly items: readonly Item[]; readonly next?: Item }>;
  /** Strongly consistent. */
  get(pk: string, sk: string): Promise<Item | undefined>;
  /** All rows of a partition, in order. */
  partition(pk: string, limit?: number): Promise<readonly Item[]>;
  put(item: Item): Promise<void>;
  /** Harmless for what is not there. */
  remove(items: readonly Item[]): Promise<void>;
  /** Takes entries out of a map in a row; harmless for what is not there. */
  removeEntries(key: Item, map: string, names: readonly string[]): Promise<void>;
}

/** Of a row's key, and of where a scan goes on. */
export const cursorOf = (key: Item): string => JSON.stringify([key.pk?.S ?? '', key.sk?.S ?? null]);

export function keyAt(cursor: string): Item {
  const [pk, sk] = JSON.parse(cursor) as [string, string | null];
  return { pk: { S: pk }, ...(sk !== null && { sk: { S: sk } }) };
}
