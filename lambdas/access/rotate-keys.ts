import { SystemError } from '../contracts/errors.ts';
import { freshKey } from './fresh-key.ts';
import { isDue, type KeyRing, type PublishedKeys, published, type RotationPolicy, withNewKey } from './key-ring.ts';
import type { KeyPublication, SigningKeys, TimeOfDay } from './ports.ts';

export interface RotationPorts {
  readonly clock: TimeOfDay;
  readonly signingKeys: SigningKeys;
  readonly publication: KeyPublication;
}

export interface Rotation {
  readonly ring: KeyRing;
  /** The name of the key that was added, if it was time for one. */
  readonly added?: string;
}

const TRIES = 5;

/**
 * Adds a key when it is time, and publishes what the ring holds: first published, then used, so that no token is ever signed
 * by a key that nobody knows. Said again it changes nothing; ended half way, the next call mends it.
 * @param atOnce now, and nothing that was signed before counts any longer
 */
export async function rotateKeys(ports: RotationPorts, policy: RotationPolicy, atOnce = false): Promise<Rotation> {
  const { clock, signingKeys, publication } = ports;
  const fresh = await freshKey();
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const [ring, before] = await Promise.all([signingKeys.read(), publication.read()]);
    const now = clock.now();
    const due = atOnce || isDue(ring, policy, now);
    const next = due ? withNewKey(ring, fresh, policy, now, atOnce) : ring;
    if (!next) throw new Error('a ring without keys is always due');
    const shown = published(next, before, policy, now, atOnce);
    if (!sameKeys(shown, before) && !(await publication.write(shown))) continue;
    if (!due) return { ring: next };
    await signingKeys.write(next);
    return { ring: next, added: fresh.public.kid };
  }
  throw new SystemError(
    'registry_unavailable',
    'signing keys could not be published: others were first each time; try again',
  );
}

const sameKeys = (a: PublishedKeys, b: PublishedKeys | undefined): boolean =>
  JSON.stringify(a.keys) === JSON.stringify(b?.keys);
