/** Random numbers that a seed determines. A fork by name does not depend on how much was drawn before. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** 0 … below - 1. */
  int(below: number): number;
  /** from … to, both included. */
  between(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** One of the keys, each as likely as its weight. */
  weighted<K extends string>(weights: Readonly<Partial<Record<K, number>>>): K;
  shuffled<T>(list: readonly T[]): T[];
  /** A stream of its own: the same name always starts the same stream. */
  fork(name: string): Random;
}

/** The stream of a seed (sfc32, started from a hash of its name). */
export function randomOf(seed: number | string): Random {
  const name = String(seed);
  let [a, b, c, d] = hashed(name);
  function next(): number {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  }
  for (let warmUp = 0; warmUp < 12; warmUp += 1) next();
  const int = (below: number): number => Math.floor(next() * below);
  return {
    next,
    int,
    between: (from, to) => from + int(to - from + 1),
    chance: (probability) => next() < probability,
    pick: (list) => {
      const [picked] = list.slice(int(list.length));
      if (picked === undefined) throw new RangeError('nothing to pick from');
      return picked;
    },
    weighted: <K extends string>(weights: Readonly<Partial<Record<K, number>>>): K => {
      const entries = Object.entries<number | undefined>(weights) as Array<[K, number | undefined]>;
      let left = next() * entries.reduce((sum, [, weight]) => sum + (weight ?? 0), 0);
      for (const [key, weight = 0] of entries) {
        left -= weight;
        if (left < 0) return key;
      }
      throw new RangeError('weights must add up to more than nothing');
    },
    shuffled: (list) => {
      const copy = list.slice();
      const mixed = [];
      while (copy.length > 0) mixed.push(...copy.splice(int(copy.length), 1));
      return mixed;
    },
    fork: (concern) => randomOf(`${name}/${concern}`),
  };
}

/** Four 32-bit numbers from a text (cyrb128). */
function hashed(text: string): [number, number, number, number] {
  let [a, b, c, d] = [1_779_033_703, 3_144_134_277, 1_013_904_242, 2_773_480_762];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    a = b ^ Math.imul(a ^ code, 597_399_067);
    b = c ^ Math.imul(b ^ code, 2_869_860_233);
    c = d ^ Math.imul(c ^ code, 951_274_213);
    d = a ^ Math.imul(d ^ code, 2_716_044_179);
  }
  return [a ^ b ^ c ^ d, b ^ a, c ^ a, d ^ a];
}

/** A number below 2^32 that a text determines (FNV-1a). */
export function digestOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
