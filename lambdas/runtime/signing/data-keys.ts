import type { Clock } from '../ports.ts';
import type { DataKey } from './jwe.ts';

/** Who a key is for. The key service unwraps it for nobody who does not name both, and checks who may name them. */
export interface KeyContext {
  readonly tenant: string;
  /** An agent, "coordinator", or "channel:" and its name. */
  readonly receiver: string;
}

/** A service that makes keys and hands them out wrapped, such as AWS KMS. */
export interface KeyService {
  make(context: KeyContext): Promise<DataKey>;
  /** Undefined when the key was not wrapped for this context. */
  unwrap(context: KeyContext, wrapped: string): Promise<Uint8Array | undefined>;
}

/** A key serves so long, and for so many bodies; random IVs would be safe for 2^32. */
const KEY_MS = 300_000;
const BODIES = 100_000;
const MOST = 1_000;

/** The same service, asked once in a while instead of for each message. */
export function sparing(service: KeyService, clock: Clock): KeyService {
  const made = new Map<string, { until: number; left: number; key: Promise<DataKey> }>();
  const unwrapped = new Map<string, { until: number; key: Promise<Uint8Array | undefined> }>();

  function trim(map: Map<string, unknown>): void {
    for (const oldest of map.keys()) {
      if (map.size <= MOST) break;
      map.delete(oldest);
    }
  }

  return {
    make(context) {
      const name = nameOf(context);
      const known = made.get(name);
      if (known && known.left > 0 && clock.now() < known.until) {
        known.left -= 1;
        return known.key;
      }
      const key = service.make(context);
      made.delete(name);
      made.set(name, { until: clock.now() + KEY_MS, left: BODIES - 1, key });
      key.catch(() => made.delete(name));
      trim(made);
      return key;
    },
    unwrap(context, wrapped) {
      const name = `${nameOf(context)} ${wrapped}`;
      const known = unwrapped.get(name);
      if (known && clock.now() < known.until) return known.key;
      const key = service.unwrap(context, wrapped);
      unwrapped.delete(name);
      unwrapped.set(name, { until: clock.now() + 2 * KEY_MS, key });
      key.catch(() => unwrapped.delete(name));
      trim(unwrapped);
      return key;
    },
  };
}

const nameOf = ({ tenant, receiver }: KeyContext): string => `${tenant}|${receiver}`;
