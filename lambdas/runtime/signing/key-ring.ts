import { createPublicKey, type KeyObject } from 'node:crypto';
import { SystemError } from '../../contracts/errors.ts';
import { PublishedKey } from '../../contracts/signature.ts';
import type { Clock } from '../ports.ts';
import type { MessageKeys } from './message-keys.ts';

/** A key that was taken out of the registry is trusted by nobody after this. */
const REFRESH_MS = 300_000;
/** Keys are published before they are used, so one that is not there will hardly come. */
const UNKNOWN_MS = 30_000;
/** Keys known at once; the oldest goes first. */
const MOST = 10_000;
/** Look-ups a second, and in a burst: whoever sends nonsense must not make the registry work. */
const LOOKUPS_PER_SECOND = 50;
const BURST = 500;

/** A key that others sign with. */
export interface KnownKey {
  readonly key: KeyObject;
  readonly from: number;
  readonly until: number;
  readonly keepUntil: number;
}

/** The keys of all senders, as far as this container has met them. */
export interface KeyRing {
  /** @throws SystemError when the registry can't be asked, or was asked too often: the message must come again */
  find(sender: string, kid: string): Promise<KnownKey | undefined>;
}

interface Kept {
  readonly until: number;
  readonly known: Promise<KnownKey | undefined>;
}

export function createKeyRing(keys: Pick<MessageKeys, 'find'>, clock: Clock): KeyRing {
  const ring = new Map<string, Kept>();
  let tokens = BURST;
  let filledAt = clock.now();

  function takeToken(now: number): void {
    tokens = Math.min(BURST, tokens + (Math.max(0, now - filledAt) / 1_000) * LOOKUPS_PER_SECOND);
    filledAt = now;
    if (tokens < 1) throw new SystemError('keys_overloaded', 'too many messages name keys that were never seen here');
    tokens -= 1;
  }

  function keep(name: string, kept: Kept): void {
    ring.delete(name);
    ring.set(name, kept);
    for (const oldest of ring.keys()) {
      if (ring.size <= MOST) break;
      ring.delete(oldest);
    }
  }

  async function lookUp(sender: string, kid: string): Promise<KnownKey | undefined> {
    const found = PublishedKey.safeParse(await keys.find(sender, kid)).data;
    if (found?.sender !== sender || found.kid !== kid) return undefined;
    return opened(found);
  }

  return {
    async find(sender, kid) {
      const now = clock.now();
      const name = `${sender} ${kid}`;
      const kept = ring.get(name);
      if (kept && now < kept.until) return kept.known;
      takeToken(now);
      const known = lookUp(sender, kid);
      keep(name, { until: now + REFRESH_MS, known });
      try {
        const answer = await known;
        if (!answer) keep(name, { until: now + UNKNOWN_MS, known });
        return answer;
      } catch (error) {
        ring.delete(name);
        throw error;
      }
    },
  };
}

/** Undefined for what is no point of the curve. */
function opened({ public: x, from, until, keep_until: keepUntil }: PublishedKey): KnownKey | undefined {
  try {
    return { key: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }), from, until, keepUntil };
  } catch {
    return undefined;
  }
}
