import type { Clock } from '../ports.ts';
import { createPlaces, type PlacesOptions } from './places.ts';

export interface ResourcePoolOptions<T> extends PlacesOptions {
  create(): Promise<T> | T;
  destroy(resource: T): Promise<void> | void;
  /** Whether it may be used again. Asked before each use but the first, and after work that failed. Default: always. */
  isUsable?(resource: T): Promise<boolean> | boolean;
  /** What was not used for so long is destroyed instead of used again. Default: never. */
  idleMs?: number;
}

export interface ResourcePool<T> {
  /** Runs work with a resource that nobody else uses meanwhile. @throws ConnectionPoolExhausted */
  use<R>(work: (resource: T) => Promise<R>, signal?: AbortSignal): Promise<R>;
  /** Destroys what is idle. */
  close(): Promise<void>;
  readonly idle: number;
}

/** Resources that are made when they are first needed, and kept from one invocation of a warm container to the next. */
export function createResourcePool<T>(options: ResourcePoolOptions<T>, clock: Clock): ResourcePool<T> {
  const places = createPlaces(options, clock);
  const idle: Array<{ readonly resource: T; readonly since: number }> = [];

  async function isUsable(resource: T): Promise<boolean> {
    try {
      return (await options.isUsable?.(resource)) ?? true;
    } catch {
      return false;
    }
  }

  /** What can't be ended properly is gone all the same. */
  async function drop(resource: T): Promise<void> {
    try {
      await options.destroy(resource);
    } catch {}
  }

  async function obtain(): Promise<T> {
    // The one that was used last is the one whose connection most likely still stands.
    for (let kept = idle.pop(); kept; kept = idle.pop()) {
      const isFresh = options.idleMs === undefined || clock.now() - kept.since < options.idleMs;
      if (isFresh && (await isUsable(kept.resource))) return kept.resource;
      await drop(kept.resource);
    }
    return options.create();
  }

  return {
    use: (work, signal) =>
      places.with(async () => {
        const resource = await obtain();
        try {
          const result = await work(resource);
          idle.push({ resource, since: clock.now() });
          return result;
        } catch (error) {
          if (options.isUsable && (await isUsable(resource))) idle.push({ resource, since: clock.now() });
          else await drop(resource);
          throw error;
        }
      }, signal),
    async close() {
      await Promise.all(idle.splice(0).map(({ resource }) => drop(resource)));
    },
    get idle() {
      return idle.length;
    },
  };
}
