import { SystemError } from '../contracts/errors.ts';
import { type KeySet, KeySetError, readKeySet } from './key-set.ts';
import type { TimeOfDay, VerificationKeys } from './ports.ts';

export interface CachedKeysOptions {
  /** Reads the JWK set where it is published. */
  readonly load: () => Promise<unknown>;
  readonly clock: TimeOfDay;
  readonly algorithms: readonly string[];
  /** A key that was withdrawn is believed for so long at most. Default: 5 minutes. */
  readonly freshMs?: number;
  /** …and for so long while its issuer does not answer. Default: an hour. */
  readonly staleMs?: number;
  /** Between two loads, whatever tokens name and however often it fails. Default: 10 seconds. */
  readonly cooldownMs?: number;
}

/**
 * An issuer's keys, kept. A name that nobody has heard of loads them anew, since the issuer may have changed its key;
 * but as anybody can make up names, never more often than the cooldown allows. An issuer that does not answer is not asked
 * more often either, and what it said last counts for a while.
 */
export function cachedKeys(options: CachedKeysOptions): VerificationKeys {
  const { load, clock, algorithms, freshMs = 300_000, staleMs = 3_600_000, cooldownMs = 10_000 } = options;
  let kept: { readonly set: KeySet; readonly at: number } | undefined;
  let lastTry = Number.NEGATIVE_INFINITY;
  let failure: unknown;
  let loading: Promise<void> | undefined;

  async function loadNow(): Promise<void> {
    lastTry = clock.now();
    try {
      kept = { set: await readKeySet(await load(), algorithms), at: lastTry };
      failure = undefined;
    } catch (error) {
      failure = error;
      // Keys that it has published beside a secret are not better for having been read before.
      if (error instanceof KeySetError) kept = undefined;
    }
  }

  async function reload(): Promise<void> {
    if (!loading && clock.now() - lastTry < cooldownMs) return;
    loading ??= loadNow().finally(() => {
      loading = undefined;
    });
    await loading;
  }

  return {
    async find(kid, algorithm) {
      if (!kept || clock.now() - kept.at >= freshMs) await reload();
      const known = kept?.set.find(kid, algorithm);
      if (!known) await reload();
      if (kept && clock.now() - kept.at < staleMs) return kept.set.find(kid, algorithm);
      const why = failure instanceof Error ? failure.message : 'it did not answer';
      throw new SystemError('keys_unavailable', `the keys of the issuer can't be read: ${why}`);
    },
  };
}
