import { type Item, itemBytes } from '../items/attributes.ts';
import { type Meter, readUnits, writeUnits } from './meter.ts';

/** One table's items by partition and sort key, counting what DynamoDB would bill. */
export interface MemoryTable {
  /** @param consistent default true */
  get(pk: string, sk: string, consistent?: boolean): Item | undefined;
  /** @param index more writes that this one causes in secondary indexes */
  put(item: Item, index?: number): void;
  /** Puts unless there is one; answers the one that is there. A refused write is billed like one that went through. */
  putIfAbsent(item: Item, index?: number): Item | undefined;
  delete(pk: string, sk: string, index?: number): void;
  /** The partition's items with `from <= sk <= to`, in order. */
  query(pk: string, options?: { from?: string; to?: string; consistent?: boolean }): Item[];
  /** Bills a write that was refused, or one whose item is known elsewhere. */
  billWrite(item: Item, index?: number): void;
  billRead(bytes: number, consistent: boolean): void;
}

const keyOf = (item: Item): { pk: string; sk: string } => ({ pk: item.pk?.S ?? '', sk: item.sk?.S ?? '' });

/** Items are never changed, only replaced. */
const sizes = new WeakMap<Item, number>();
function sizeOf(item: Item): number {
  const size = sizes.get(item) ?? itemBytes(item);
  sizes.set(item, size);
  return size;
}

export function memoryTable(meter: Meter): MemoryTable {
  const partitions = new Map<string, Map<string, Item>>();
  const billWrite = (item: Item, index = 0): void =>
    meter.add('dynamodb_write_units', writeUnits(itemBytes(item)) * (1 + index));
  const billRead = (bytes: number, consistent: boolean): void =>
    meter.add('dynamodb_read_units', readUnits(bytes, consistent));

  function store(item: Item): void {
    const { pk, sk } = keyOf(item);
    const partition = partitions.get(pk) ?? new Map<string, Item>();
    partitions.set(pk, partition);
    partition.set(sk, item);
  }

  return {
    billRead,
    billWrite,
    get: (pk, sk, consistent = true) => {
      const item = partitions.get(pk)?.get(sk);
      billRead(item ? sizeOf(item) : 0, consistent);
      return item;
    },
    put: (item, index) => {
      billWrite(item, index);
      store(item);
    },
    putIfAbsent: (item, index) => {
      const { pk, sk } = keyOf(item);
      const existing = partitions.get(pk)?.get(sk);
      billWrite(item, existing ? 0 : index);
      if (!existing) store(item);
      return existing;
    },
    delete: (pk, sk, index) => {
      const item = partitions.get(pk)?.get(sk);
      billWrite(item ?? {}, item ? index : 0);
      partitions.get(pk)?.delete(sk);
    },
    query: (pk, { from = '', to = '\uffff', consistent = true } = {}) => {
      const items = [...(partitions.get(pk) ?? [])]
        .filter(([sk]) => sk >= from && sk <= to)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, item]) => item);
      billRead(
        items.reduce((sum, item) => sum + sizeOf(item), 0),
        consistent,
      );
      return items;
    },
  };
}
