import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock, Ids } from '../runtime/ports.ts';

/** The longest wait that `setTimeout` takes: a longer one would be over at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The machine's clock. A timer keeps the process alive until it has fired or was cancelled. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, callback) => {
    let left = ms;
    const arm = (): NodeJS.Timeout => {
      const wait = Math.min(left, LONGEST_TIMEOUT_MS);
      left -= wait;
      return setTimeout(() => {
        if (left > 0) timer = arm();
        else callback();
      }, wait);
    };
    let timer = arm();
    return () => clearTimeout(timer);
  },
};

export const systemIds: Ids = { uuid: () => randomUUID() };

/** A number in [0, 1) that nobody can guess, for jitter and sampling. */
export function secureRandom(): number {
  return randomBytes(6).readUIntBE(0, 6) / 2 ** 48;
}

/** Waits in real time. */
export function systemSleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
