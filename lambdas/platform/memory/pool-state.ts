import type { StoredRow } from '../../runtime/memory/memory-stores.ts';
import type { Remembered } from './remembered.ts';
import { MemoryIndex } from './retrieval/memory-index.ts';

/** An index with more dead entries than this share of it is built anew. */
const MOST_DEAD = 0.2;

/** A pool in this container's memory, as of a version. */
export class PoolState {
  readonly #model: string | undefined;
  readonly #entries = new Map<string, Remembered>();
  /** Which key sealed it. */
  readonly #keys = new Map<string, string>();
  #index: MemoryIndex | undefined;
  /** By their number in the index; undefined: it is no more. */
  #numbered: Array<Remembered | undefined> = [];
  #numberOf = new Map<string, number>();
  version = 0;

  /** @param model vectors of another one are as good as none */
  constructor(model: string | undefined) {
    this.#model = model;
  }

  get size(): number {
    return this.#entries.size;
  }
  get(id: string): Remembered | undefined {
    return this.#entries.get(id);
  }
  /** In the order in which they were remembered, unless they were changed. */
  all(): IterableIterator<Remembered> {
    return this.#entries.values();
  }
  keyOf(id: string): string | undefined {
    return this.#keys.get(id);
  }

  put(remembered: Remembered, key: string): void {
    const { id } = remembered.entry;
    const before = this.#entries.get(id);
    this.#entries.set(id, remembered);
    this.#keys.set(id, key);
    if (this.#index === undefined) return;
    const number = this.#numberOf.get(id);
    if (before !== undefined && number !== undefined && looksAlike(before, remembered)) {
      this.#numbered[number] = remembered;
      return;
    }
    this.#leave(id);
    const vector = this.#vectorOf(remembered);
    // The first vector of a pool that had none: the index begins anew with it.
    if (vector && !this.#index.takesVectors) this.#index = undefined;
    else this.#number(remembered, this.#index);
  }

  remove(id: string): void {
    this.#entries.delete(id);
    this.#keys.delete(id);
    this.#leave(id);
  }

  /** Takes in what was committed. @param opened undefined: it is gone, or can't be read any more */
  apply(row: Pick<StoredRow, 'id' | 'version' | 'key'>, opened: Remembered | undefined): void {
    if (opened) this.put(opened, row.key);
    else this.remove(row.id);
    this.version = Math.max(this.version, row.version);
  }

  /** To search in; entries of the index that are no more have no {@link entryAt}. */
  index(): MemoryIndex {
    const index = this.#index;
    if (index !== undefined && index.size - this.#numberOf.size <= index.size * MOST_DEAD) return index;
    const all = [...this.#entries.values()].sort((a, b) => a.order - b.order);
    const dimensions = all.find((each) => this.#vectorOf(each) !== undefined)?.vector?.length;
    const made = new MemoryIndex(dimensions);
    this.#index = made;
    this.#numbered = [];
    this.#numberOf = new Map();
    for (const each of all) this.#number(each, made);
    return made;
  }

  entryAt(number: number): Remembered | undefined {
    return this.#numbered[number];
  }

  /** Its number in the index. */
  numberOf(id: string): number | undefined {
    return this.#numberOf.get(id);
  }

  #leave(id: string): void {
    const number = this.#numberOf.get(id);
    if (number !== undefined) this.#numbered[number] = undefined;
    this.#numberOf.delete(id);
  }

  #number(remembered: Remembered, index: MemoryIndex): void {
    const { id, text, speaker, group, at } = remembered.entry;
    const vector = this.#vectorOf(remembered);
    const number = index.add({
      ...{ text, group, at },
      ...(speaker !== undefined && { speaker }),
      ...(vector && { vector }),
    });
    this.#numbered[number] = remembered;
    this.#numberOf.set(id, number);
  }

  #vectorOf({ vector, model }: Remembered): Remembered['vector'] {
    return model === this.#model ? vector : undefined;
  }
}

/** For the index, that is. */
const looksAlike = (a: Remembered, b: Remembered): boolean =>
  a.entry.text === b.entry.text &&
  a.entry.speaker === b.entry.speaker &&
  a.entry.group === b.entry.group &&
  a.entry.at === b.entry.at &&
  a.model === b.model;
