/** Randomness from a seed: the same seed, the same fleet. */
export interface Dice {
  /** In [0, 1). */
  next(): number;
  between(low: number, high: number): number;
  /** A whole number, both ends included. */
  whole(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** So many of them, each once. */
  some<T>(from: readonly T[], count: number): T[];
  poisson(mean: number): number;
  /** Around 1: the exponential of a normal value with this standard deviation, without bias. */
  noise(sigma: number): number;
  /** Dice of their own, which do not disturb these. */
  fork(name: string): Dice;
}

/** mulberry32 */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const dice: Dice = {
    next,
    between: (low, high) => low + (high - low) * next(),
    whole: (low, high) => low + Math.floor((high - low + 1) * next()),
    chance: (probability) => next() < probability,
    pick: (from) => {
      const one = from[Math.floor(next() * from.length)];
      if (one === undefined) throw new Error('nothing to pick from');
      return one;
    },
    some: (from, count) => {
      const left = [...from];
      return Array.from({ length: Math.min(count, left.length) }, () =>
        left.splice(Math.floor(next() * left.length), 1),
      ).flat();
    },
    poisson: (mean) => {
      if (mean > 40) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
      const limit = Math.exp(-mean);
      let product = next();
      let events = 0;
      while (product > limit) {
        product *= next();
        events += 1;
      }
      return events;
    },
    noise: (sigma) => Math.exp(sigma * normal() - (sigma * sigma) / 2),
    fork: (name) => {
      let hash = 2_166_136_261 ^ seed;
      for (const character of name) hash = Math.imul(hash ^ character.charCodeAt(0), 16_777_619);
      return diceOf(hash);
    },
  };
  return dice;
}
