import { cuesOf, namedIn, questionCues, type TextCues } from './cues.ts';
import { namedTimes, nearness } from './dates.ts';
import { emptyFeatures, FEATURE_NAMES, type Features } from './features.ts';
import { Lexical } from './lexical.ts';
import { Neighbourhood } from './neighbourhood.ts';
import { Postings } from './postings.ts';
import { plainText, termsOf } from './terms.ts';
import { type SmallVector, VectorBlock } from './vectors.ts';

/** An entry as the index takes it in. */
export interface IndexedText {
  readonly text: string;
  /** Who said it. */
  readonly speaker?: string;
  /** Entries of one group follow each other in the order in which they are added: a conversation, a run. */
  readonly group?: string;
  /** When it was said or happened, ms. */
  readonly at: number;
  readonly vector?: SmallVector;
}

export interface Question {
  readonly text: string;
  /** Of the same model as the entries'; without one, words alone count. */
  readonly vector?: ArrayLike<number>;
}

/** A question has so many different words at most; longer ones are read to here. */
const MOST_TERMS = 64;
/** Longer entries say no more of themselves by being long. */
const LONG = 24;

/**
 * Entries, searchable by words, by vectors, and by what stands around them. It only ever grows: who forgets an entry
 * leaves it out of what is found, and builds the index anew.
 */
export class MemoryIndex {
  readonly #postings = new Postings();
  readonly #vectors: VectorBlock | undefined;
  readonly #neighbours = new Neighbourhood();
  readonly #lexical = new Lexical(this.#postings, this.#neighbours);
  readonly #speakers = new Map<string, number>();
  readonly #speakerOf: number[] = [];
  readonly #at: number[] = [];
  readonly #cues: TextCues[] = [];
  readonly #years = new Set<number>();
  #features: Features | undefined;

  /** @param dimensions of its vectors; undefined: words alone count */
  constructor(dimensions?: number) {
    this.#vectors = dimensions === undefined ? undefined : new VectorBlock(dimensions);
  }

  get size(): number {
    return this.#at.length;
  }

  /** Whether it was made for vectors; one of another length than its own counts as none. */
  get takesVectors(): boolean {
    return this.#vectors !== undefined;
  }

  /** @returns its number: from 0, in the order in which entries are added */
  add(entry: IndexedText): number {
    const number = this.#postings.add(termsOf(entry.text));
    this.#vectors?.add(entry.vector);
    this.#neighbours.add(number, entry.group);
    this.#speakerOf.push(this.#speaker(entry.speaker));
    this.#at.push(entry.at);
    this.#cues.push(cuesOf(entry.text));
    this.#years.add(new Date(entry.at).getUTCFullYear());
    return number;
  }

  /**
   * How each entry stands to the question, by its number, until the next question is asked. Linear in entries and in the
   * length of the question.
   */
  features(question: Question): Features {
    const features = this.#room();
    const named = namedIn(question.text, this.#speakers.keys());
    const names = new Set([...named].flatMap(termsOf));
    const terms = [...new Set(termsOf(question.text))].filter((term) => !names.has(term)).slice(0, MOST_TERMS);
    this.#lexical.features(terms, features);
    this.#shown(question.text, new Set([...named].map((name) => this.#speakers.get(name))), features);
    if (question.vector && this.#vectors) this.#likeness(question.vector, this.#vectors, features);
    return features;
  }

  /** The same for all questions: ten megabytes for each would make Node collect garbage rather than search. */
  #room(): Features {
    if (this.#features?.own.length !== this.size) this.#features = emptyFeatures(this.size);
    else for (const name of FEATURE_NAMES) this.#features[name].fill(0);
    return this.#features;
  }

  #likeness(question: ArrayLike<number>, vectors: VectorBlock, { vector, vectorNear }: Features): void {
    vectors.cosines(question, vector);
    for (let i = 0; i < vector.length; i++) {
      const group = this.#neighbours.groupOf(i);
      const place = this.#neighbours.placeOf(i);
      const [before, after] = [group[place - 1], group[place + 1]];
      const sum = (before === undefined ? 0 : (vector[before] ?? 0)) + (after === undefined ? 0 : (vector[after] ?? 0));
      const beside = (before === undefined ? 0 : 1) + (after === undefined ? 0 : 1);
      vectorNear[i] = beside === 0 ? (vector[i] ?? 0) : sum / beside;
    }
  }

  /** What is seen of entries without searching for words. */
  #shown(question: string, speakers: ReadonlySet<number | undefined>, features: Features): void {
    const { wantsTime, wantsNumber } = questionCues(question);
    const times = namedTimes(question, [...this.#years]);
    this.#cues.forEach(({ asks, tellsTime, tellsNumber }, i) => {
      if (speakers.has(this.#speakerOf[i])) features.speaker[i] = 1;
      if (asks) features.asks[i] = 1;
      if (wantsTime && tellsTime) features.tellsTime[i] = 1;
      if (wantsNumber && tellsNumber) features.tellsNumber[i] = 1;
      if (times.length > 0) features.date[i] = nearness(this.#at[i] ?? 0, times);
      features.length[i] = Math.log1p(Math.min(this.#postings.lengths[i] ?? 0, LONG));
    });
  }

  #speaker(name: string | undefined): number {
    if (name === undefined) return -1;
    const plain = plainText(name);
    const known = this.#speakers.get(plain);
    if (known !== undefined) return known;
    this.#speakers.set(plain, this.#speakers.size);
    return this.#speakers.size - 1;
  }
}
