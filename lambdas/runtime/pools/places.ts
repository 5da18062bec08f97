import type { Clock } from '../ports.ts';
import { ConnectionPoolExhausted } from './exhausted.ts';

export interface PlacesOptions {
  readonly name: string;
  readonly places: number;
  /** How long to wait for a place. */
  readonly acquireMs: number;
}

/** A limit on how much goes on at once in this container. First come, first served. */
export interface Places {
  /**
   * A place, and what gives it back; to call that twice is harmless.
   * @throws ConnectionPoolExhausted, or the signal's reason when it aborts while this waits
   */
  take(signal?: AbortSignal): Promise<() => void>;
  /** Runs work in a place. */
  with<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  readonly taken: number;
  readonly waiting: number;
}

/** Make it once per container: what it counts outlives an invocation. */
export function createPlaces({ name, places, acquireMs }: PlacesOptions, clock: Clock): Places {
  const line: Array<() => void> = [];
  let taken = 0;

  function giver(): () => void {
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const next = line.shift();
      // Who is next gets this very place: it never counts as free in between.
      if (next) next();
      else taken -= 1;
    };
  }

  function wait(signal: AbortSignal | undefined): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const leave = (error: unknown): void => {
        const at = line.indexOf(serve);
        if (at >= 0) line.splice(at, 1);
        stop();
        reject(error);
      };
      const stopTimer = clock.after(acquireMs, () => leave(new ConnectionPoolExhausted(name, places, acquireMs)));
      const onAbort = (): void => leave(signal?.reason);
      const stop = (): void => {
        stopTimer();
        signal?.removeEventListener('abort', onAbort);
      };
      const serve = (): void => {
        stop();
        resolve(giver());
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      line.push(serve);
    });
  }

  async function take(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (taken >= places) return wait(signal);
    taken += 1;
    return giver();
  }

  return {
    take,
    async with(work, signal) {
      const give = await take(signal);
      try {
        return await work();
      } finally {
        give();
      }
    },
    get taken() {
      return taken;
    },
    get waiting() {
      return line.length;
    },
  };
}
