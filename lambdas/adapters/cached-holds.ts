import type { Clock, Holds } from '../runtime/ports.ts';
import { cached } from './cached.ts';

/** How old `read` may be, unless it is to be fresh. */
const AGE_MS = 1_000;

/** Holds as one container knows them. */
export function cachedHolds(holds: Holds, clock: Clock): Holds {
  const read = cached(clock, AGE_MS, () => holds.read());
  return {
    read: (fresh = false) => {
      if (fresh) read.forget();
      return read('');
    },
    set: async (...given) => {
      const isSet = await holds.set(...given);
      read.forget();
      return isSet;
    },
  };
}
