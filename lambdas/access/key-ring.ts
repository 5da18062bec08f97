import * as z from 'zod';
import { CLOCK_TOLERANCE_SECONDS } from '../contracts/identity-settings.ts';
import { EpochMs } from '../contracts/names.ts';

/** The public half of an ES256 key, as it is published (RFC 7517). */
export const PublicJwk = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  kid: z.string(),
  alg: z.literal('ES256'),
  use: z.literal('sig'),
});
export type PublicJwk = z.infer<typeof PublicJwk>;

/** A key of the embedded issuer: from when it signs, and until when what it has signed may still be good. */
export const RingKey = z.object({
  public: PublicJwk,
  private: z.object({ d: z.string() }),
  created: EpochMs,
  from: EpochMs,
  until: EpochMs.optional().describe('Its successor is known, and the last token it can have signed ends then'),
});
export type RingKey = z.infer<typeof RingKey>;

export const KeyRing = z.object({ version: z.number().int().nonnegative(), keys: z.array(RingKey).max(20) });
export type KeyRing = z.infer<typeof KeyRing>;

export const PublishedKeys = z.object({
  version: z.number().int().nonnegative(),
  keys: z.array(z.object({ public: PublicJwk, until: EpochMs.optional() })).max(40),
});
export type PublishedKeys = z.infer<typeof PublishedKeys>;

/**
 * A key is published so long before it signs that everybody who keeps keys has read it by then: caches of keys are
 * commonly kept for five to fifteen minutes.
 */
export const PUBLISH_AHEAD_MS = 60 * 60_000;

export interface RotationPolicy {
  readonly rotateDays: number;
  readonly maxTokenSeconds: number;
}

/** The key that signs now: the newest whose time has come. Undefined: the ring is empty. */
export function signingKey(ring: KeyRing, now: number): RingKey | undefined {
  return ring.keys.filter(({ from }) => from <= now).sort((a, b) => b.from - a.from)[0];
}

/** Whether it is time for a new key. */
export function isDue(ring: KeyRing | undefined, policy: RotationPolicy, now: number): boolean {
  const newest = Math.max(...(ring?.keys ?? []).map(({ created }) => created));
  return now - newest >= policy.rotateDays * 86_400_000;
}

/**
 * The ring with a new key, the first of which signs at once, others after {@link PUBLISH_AHEAD_MS}. Those before sign until
 * then and are believed until their last token has ended; what ended before now is gone.
 * @param fresh made for this; its times are set here
 * @param atOnce nothing that was signed before counts any longer: for keys that somebody may have stolen
 */
export function withNewKey(
  ring: KeyRing | undefined,
  fresh: Pick<RingKey, 'public' | 'private'>,
  policy: RotationPolicy,
  now: number,
  atOnce = false,
): KeyRing {
  const before = atOnce ? [] : (ring?.keys ?? []);
  const from = signingKey({ version: 0, keys: before }, now) ? now + PUBLISH_AHEAD_MS : now;
  const end = from + lastingMs(policy);
  const kept = before
    .filter(({ until = now }) => until >= now)
    .map((key) => ({ ...key, until: Math.min(key.until ?? end, end) }));
  return { version: (ring?.version ?? 0) + 1, keys: [...kept, { ...fresh, created: now, from }] };
}

/**
 * What everybody may see of a ring, and of what was published before and is not in it: the key of a rotation that ended half
 * way, or of one that is under way elsewhere. Nobody knows which, so it is believed as long as its tokens could last.
 */
export function published(
  ring: KeyRing,
  before: PublishedKeys | undefined,
  policy: RotationPolicy,
  now: number,
  atOnce = false,
): PublishedKeys {
  const own = ring.keys.map(({ public: key, until }) => ({ public: key, ...(until !== undefined && { until }) }));
  const known = new Set(own.map(({ public: { kid } }) => kid));
  const end = now + PUBLISH_AHEAD_MS + lastingMs(policy);
  const others = (atOnce ? [] : (before?.keys ?? []))
    .filter(({ public: { kid } }) => !known.has(kid))
    .map(({ public: key, until = end }) => ({ public: key, until }));
  const keys = [...own, ...others].filter(({ until = now }) => until >= now);
  return { version: (before?.version ?? 0) + 1, keys };
}

/** How long a token that is signed now can be good for. */
const lastingMs = ({ maxTokenSeconds }: RotationPolicy): number => (maxTokenSeconds + CLOCK_TOLERANCE_SECONDS) * 1_000;

/** The JWKS document. */
export const keySetOf = ({ keys }: PublishedKeys, now: number): { keys: PublicJwk[] } => ({
  keys: keys.filter(({ until = now }) => until >= now).map(({ public: key }) => key),
});
