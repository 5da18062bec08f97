/** Where a term occurs: documents in ascending order, and how often in each. */
export interface Posting {
  readonly documents: number[];
  readonly counts: number[];
}

/** An inverted index that documents are added to. */
export class Postings {
  readonly #terms = new Map<string, Posting>();
  readonly lengths: number[] = [];
  #words = 0;

  /** @returns the number of the document */
  add(terms: readonly string[]): number {
    const document = this.lengths.length;
    for (const term of terms) {
      const posting = this.#terms.get(term);
      if (posting === undefined) this.#terms.set(term, { documents: [document], counts: [1] });
      else if (posting.documents.at(-1) === document) posting.counts[posting.counts.length - 1] = lastOf(posting) + 1;
      else {
        posting.documents.push(document);
        posting.counts.push(1);
      }
    }
    this.lengths.push(terms.length);
    this.#words += terms.length;
    return document;
  }

  of(term: string): Posting | undefined {
    return this.#terms.get(term);
  }

  get size(): number {
    return this.lengths.length;
  }

  get averageLength(): number {
    return this.lengths.length === 0 ? 1 : Math.max(1, this.#words / this.lengths.length);
  }

  /** Robertson-Spärck Jones weight, kept above zero as in Lucene: ln(1 + (N - n + ½) / (n + ½)). */
  idf(term: string): number {
    const n = this.#terms.get(term)?.documents.length ?? 0;
    return Math.log(1 + (this.size - n + 0.5) / (n + 0.5));
  }
}

const lastOf = ({ counts }: Posting): number => counts.at(-1) ?? 0;
