import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { PublishedKey } from '../../contracts/signature.ts';
import type { Clock, Ids } from '../ports.ts';
import type { MessageKeys } from './message-keys.ts';

/** A container that lives so long takes a new key. */
export const ROTATE_MS = 12 * 3_600_000;
/** So long an old key signs on while its successor can't be published. */
const RESERVE_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Queues keep messages for 14 days. */
const KEEP_MS = 15 * DAY_MS;
/** What intake signs comes once more from the lifecycle when the deadline is over, which is up to a year later. */
const KEEP_STARTS_MS = 400 * DAY_MS;

export interface SigningKey {
  readonly kid: string;
  readonly key: KeyObject;
  readonly from: number;
  readonly until: number;
}

/** The key of this container. Its private half is in this process alone and is lost with it. */
export interface ContainerKey {
  /** @throws SystemError when there is none that others could know */
  current(): Promise<SigningKey>;
}

interface Surroundings {
  /** Whose messages it signs: IAM lets it publish under this name only. */
  readonly sender: string;
  readonly keys: Pick<MessageKeys, 'publish'>;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Default: twelve hours. */
  readonly rotateEveryMs?: number;
}

/**
 * Makes a key when it is first needed, and another each twelve hours. A key is published before anything is signed with it,
 * so whoever gets a message can find it; while the next one is on its way, the last one signs.
 */
export function createContainerKey(around: Surroundings): ContainerKey {
  const { sender, keys, clock, ids, rotateEveryMs = ROTATE_MS } = around;
  let current: SigningKey | undefined;
  let next: Promise<SigningKey> | undefined;

  async function renew(): Promise<SigningKey> {
    const { privateKey, published } = newKey(sender, ids.uuid(), clock.now(), rotateEveryMs);
    await keys.publish(published);
    const { kid, from, until } = published;
    current = { kid, key: privateKey, from, until };
    return current;
  }

  return {
    async current() {
      const now = clock.now();
      if (current && now < current.from + rotateEveryMs) return current;
      next ??= renew().finally(() => {
        next = undefined;
      });
      if (!current || now >= current.until) return next;
      // Nobody waits for it; what goes wrong shows when this one is over.
      next.catch(() => undefined);
      return current;
    },
  };
}

/** @param id makes the name of the key */
export function newKey(
  sender: string,
  id: string,
  from: number,
  rotateEveryMs = ROTATE_MS,
): { privateKey: KeyObject; published: PublishedKey } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const until = from + rotateEveryMs + RESERVE_MS;
  const keep_until = until + (sender === 'intake' ? KEEP_STARTS_MS : KEEP_MS);
  return { privateKey, published: { sender, kid: id.replaceAll('-', ''), public: x, from, until, keep_until } };
}
