/** A unit vector in eight bits a dimension: a quarter of the memory, and the ranking moves by a hair (decision 0019). */
export type SmallVector = Int8Array;
const SCALE = 127;

/** @returns undefined for a vector without a direction */
export function smallVector(vector: ArrayLike<number>): SmallVector | undefined {
  let squares = 0;
  let largest = 0;
  for (let i = 0; i < vector.length; i++) {
    const value = vector[i] ?? 0;
    squares += value * value;
    largest = Math.max(largest, Math.abs(value));
  }
  if (!(squares > 0) || !Number.isFinite(squares)) return undefined;
  const small = new Int8Array(vector.length);
  for (let i = 0; i < vector.length; i++) small[i] = Math.round(((vector[i] ?? 0) / largest) * SCALE);
  return small;
}

/** Vectors of one length, side by side in one block of memory. */
export class VectorBlock {
  readonly dimensions: number;
  #values: Int8Array;
  #norms: Float32Array;
  #size = 0;

  constructor(dimensions: number, capacity = 256) {
    this.dimensions = dimensions;
    this.#values = new Int8Array(dimensions * capacity);
    this.#norms = new Float32Array(capacity);
  }

  /** An entry without a vector takes a place as well. */
  add(vector: SmallVector | undefined): void {
    if (this.#size === this.#norms.length) this.#grow();
    if (vector !== undefined && vector.length === this.dimensions) {
      this.#values.set(vector, this.#size * this.dimensions);
      this.#norms[this.#size] = Math.sqrt(dot(vector, vector));
    }
    this.#size++;
  }

  /**
   * The cosine of each with this one: exact, every one of them. An entry without a vector is as like as they are on average.
   * @param found zeros, one for each
   */
  cosines(query: ArrayLike<number>, found: Float64Array = new Float64Array(this.#size)): Float64Array {
    const { dimensions } = this;
    const small = query.length === dimensions ? smallVector(query) : undefined;
    if (small === undefined) return found;
    const norm = Math.sqrt(dot(small, small));
    const values = this.#values;
    let total = 0;
    let counted = 0;
    for (let i = 0, at = 0; i < this.#size; i++, at += dimensions) {
      const own = this.#norms[i] ?? 0;
      if (own === 0) continue;
      const sum = dotAt(values, at, small);
      const cosine = sum / (own * norm);
      found[i] = cosine;
      total += cosine;
      counted++;
    }
    if (counted > 0 && counted < this.#size)
      for (let i = 0; i < this.#size; i++) if (this.#norms[i] === 0) found[i] = total / counted;
    return found;
  }

  #grow(): void {
    const capacity = Math.max(256, this.#norms.length * 2);
    const values = new Int8Array(capacity * this.dimensions);
    values.set(this.#values);
    this.#values = values;
    const norms = new Float32Array(capacity);
    norms.set(this.#norms);
    this.#norms = norms;
  }
}

const dot = (a: Int8Array, b: Int8Array): number => dotAt(a, 0, b);

/** In whole numbers, four at a time: most of a search is spent here. It would overflow at 133,000 dimensions. */
function dotAt(values: Int8Array, at: number, small: Int8Array): number {
  const { length } = small;
  let sum = 0;
  let d = 0;
  for (; d + 3 < length; d += 4) {
    const i = at + d;
    sum =
      (sum +
        Math.imul(values[i] ?? 0, small[d] ?? 0) +
        Math.imul(values[i + 1] ?? 0, small[d + 1] ?? 0) +
        Math.imul(values[i + 2] ?? 0, small[d + 2] ?? 0) +
        Math.imul(values[i + 3] ?? 0, small[d + 3] ?? 0)) |
      0;
  }
  for (; d < length; d++) sum = (sum + Math.imul(values[at + d] ?? 0, small[d] ?? 0)) | 0;
  return sum;
}
