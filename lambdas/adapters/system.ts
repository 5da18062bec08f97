import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock, Ids } from '../runtime/ports.ts';

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };

export const systemIds: Ids = { uuid: () => randomUUID() };

/** A number in [0, 1) that nobody can guess, for jitter and sampling. */
export function secureRandom(): number {
  return randomBytes(6).readUIntBE(0, 6) / 2 ** 48;
}

/** Waits in real time. */
export function systemSleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
