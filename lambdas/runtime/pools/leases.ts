import type { Clock } from '../ports.ts';
import { ConnectionPoolExhausted } from './exhausted.ts';
import { pause } from './pause.ts';

/** Places that all containers share. Each is held for a time, so that one whose holder died comes free again by itself. */
export interface Leases {
  /** One of `places` numbered places, until `until`, ms; undefined when all are held by others. */
  take(name: string, places: number, holder: string, until: number): Promise<number | undefined>;
  /** Harmless when somebody else holds it by now. */
  giveBack(name: string, place: number, holder: string): Promise<void>;
}

export interface LeaseOptions {
  readonly name: string;
  readonly places: number;
  readonly acquireMs: number;
  /** Longer than the work can take: nobody is kept from a place by a holder that has died for longer than this. */
  readonly holdMs: number;
}

/** How often a place is asked for while none is free, at first and at most. */
const ASK_AGAIN_MS = { first: 50, most: 2_000 };

/**
 * Runs work while it holds one of the fleet's places.
 * @param random in [0, 1), so that those who wait do not all ask at once
 * @throws ConnectionPoolExhausted, or the signal's reason
 */
export async function withLease<T>(
  leases: Leases,
  { name, places, acquireMs, holdMs }: LeaseOptions,
  { clock, holder, random, signal }: { clock: Clock; holder: string; random: () => number; signal?: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  const began = clock.now();
  for (let wait = ASK_AGAIN_MS.first; ; wait = Math.min(ASK_AGAIN_MS.most, wait * 2)) {
    signal?.throwIfAborted();
    const place = await leases.take(name, places, holder, clock.now() + holdMs);
    if (place !== undefined) {
      try {
        return await work();
      } finally {
        // Best effort: what is not given back comes free when its time is over.
        await leases.giveBack(name, place, holder).catch(() => {});
      }
    }
    if (clock.now() - began >= acquireMs) throw new ConnectionPoolExhausted(name, places, acquireMs);
    await pause(clock, wait * (0.5 + random() / 2), signal);
  }
}
