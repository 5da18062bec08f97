import { saturated } from './bm25.ts';
import type { Features } from './features.ts';
import type { Neighbourhood } from './neighbourhood.ts';
import type { Posting, Postings } from './postings.ts';

/** An entry is read together with so many before and after it. */
const WINDOWS = [
  ['window1', 1],
  ['window2', 2],
  ['window4', 4],
] as const;
const WIDEST = Math.max(...WINDOWS.map(([, radius]) => radius));
/** In so many entries, a word that stands in each tenth of them says nothing by standing nearby, and costs the most time. */
const MANY = 10_000;
const COMMON = 0.1;

/** How often a term occurs around each entry, by window, and around which it occurs at all. Zeros between two terms. */
interface Around {
  readonly counts: readonly Uint32Array[];
  readonly touched: Uint32Array;
}

const increase = (values: Float64Array, at: number, by: number): void => {
  values[at] = (values[at] ?? 0) + by;
};

/** BM25 over entries, over the windows around them, and over their whole groups. */
export class Lexical {
  readonly #postings: Postings;
  readonly #neighbours: Neighbourhood;
  /** By radius: how long windows are, of what is usual; for so many entries as there were then. */
  readonly #lengths = new Map<number, Float32Array>();

  #around: Around | undefined;

  constructor(postings: Postings, neighbours: Neighbourhood) {
    this.#postings = postings;
    this.#neighbours = neighbours;
  }

  /**
   * As shares of what all terms together are worth. A question and its answer, or a name and what is said of it, often
   * stand in entries next to each other.
   */
  features(terms: readonly string[], into: Features): void {
    const postings = this.#postings;
    const worth = terms.reduce((sum, term) => sum + postings.idf(term), 0);
    const around = this.#room();
    for (const term of terms) {
      const posting = postings.of(term);
      if (posting === undefined) continue;
      const weight = postings.idf(term) / worth;
      this.#ofEntries(posting, weight, into.own);
      if (postings.size > MANY && posting.documents.length > COMMON * postings.size) continue;
      this.#ofWindows(posting, weight, around, into);
      this.#ofGroups(posting, weight, into.group);
    }
  }

  #room(): Around {
    const { size } = this.#postings;
    if (this.#around?.touched.length !== size)
      this.#around = { counts: WINDOWS.map(() => new Uint32Array(size)), touched: new Uint32Array(size) };
    return this.#around;
  }

  #ofEntries({ documents, counts }: Posting, weight: number, into: Float64Array): void {
    const lengths = this.#windowLengths(0);
    for (let i = 0; i < documents.length; i++) {
      const entry = documents[i] ?? 0;
      increase(into, entry, weight * saturated(counts[i] ?? 0, lengths[entry] ?? 1));
    }
  }

  /** All windows in one pass: most of the time goes into finding out who stands where. */
  #ofWindows({ documents, counts }: Posting, weight: number, { counts: found, touched }: Around, into: Features): void {
    const widest = found[WINDOWS.length - 1] ?? new Uint32Array();
    let some = 0;
    for (let i = 0; i < documents.length; i++) {
      const entry = documents[i] ?? 0;
      const count = counts[i] ?? 0;
      const group = this.#neighbours.groupOf(entry);
      const place = this.#neighbours.placeOf(entry);
      const last = Math.min(group.length - 1, place + WIDEST);
      for (let near = Math.max(0, place - WIDEST); near <= last; near++) {
        const beside = group[near] ?? 0;
        const distance = Math.abs(near - place);
        if (widest[beside] === 0) touched[some++] = beside;
        for (let w = 0; w < WINDOWS.length; w++) {
          const counted = found[w];
          if (counted && distance <= (WINDOWS[w]?.[1] ?? 0)) counted[beside] = (counted[beside] ?? 0) + count;
        }
      }
    }
    for (const [w, [name, radius]] of WINDOWS.entries()) {
      const counted = found[w] ?? widest;
      const lengths = this.#windowLengths(radius);
      for (let t = 0; t < some; t++) {
        const entry = touched[t] ?? 0;
        increase(into[name], entry, weight * saturated(counted[entry] ?? 0, lengths[entry] ?? 1));
        counted[entry] = 0;
      }
    }
  }

  #ofGroups({ documents, counts }: Posting, weight: number, into: Float64Array): void {
    const found = new Map<readonly number[], number>();
    for (let i = 0; i < documents.length; i++) {
      const group = this.#neighbours.groupOf(documents[i] ?? 0);
      found.set(group, (found.get(group) ?? 0) + (counts[i] ?? 0));
    }
    for (const [group, count] of found) {
      const worth = weight * saturated(count, 1);
      for (const entry of group) increase(into, entry, worth);
    }
  }

  /** The mean length of the entries of each window, of what is usual; worked out once, until entries are added. */
  #windowLengths(radius: number): Float32Array {
    const known = this.#lengths.get(radius);
    const { size, lengths, averageLength } = this.#postings;
    if (known?.length === size) return known;
    const means = new Float32Array(size);
    for (let entry = 0; entry < size; entry++) {
      const group = this.#neighbours.groupOf(entry);
      const place = this.#neighbours.placeOf(entry);
      const [first, last] = [Math.max(0, place - radius), Math.min(group.length - 1, place + radius)];
      let words = 0;
      for (let near = first; near <= last; near++) words += lengths[group[near] ?? 0] ?? 0;
      means[entry] = words / (last - first + 1) / averageLength;
    }
    this.#lengths.set(radius, means);
    return means;
  }
}
