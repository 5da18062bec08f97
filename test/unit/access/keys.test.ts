import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { type CachedKeysOptions, cachedKeys } from '../../../lambdas/access/cached-keys.ts';
import { fetchKeySet } from '../../../lambdas/access/fetch-key-set.ts';
import { freshKey } from '../../../lambdas/access/fresh-key.ts';
import { KeySetError, readKeySet } from '../../../lambdas/access/key-set.ts';
import { hasRocaFingerprint } from '../../../lambdas/access/roca.ts';
import { virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';

const ES256 = ['ES256'];
const jwkOf = async (more: object = {}) => ({ ...(await freshKey()).public, ...more });
const rsa = (bits: number, more: object = {}) => ({
  ...generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'jwk' }),
  kid: 'rsa',
  ...more,
});

describe('a set of keys', () => {
  test('finds a key by its name, for its own algorithm only', async () => {
    const key = await jwkOf({ kid: 'one' });
    const set = await readKeySet({ keys: [key] }, ['ES256', 'RS256']);
    expect(set.find('one', 'ES256')).toBeDefined();
    expect(set.find('one', 'RS256')).toBeUndefined();
    expect(set.find('two', 'ES256')).toBeUndefined();
  });

  test('has one algorithm for a key, even if the key says nothing of it', async () => {
    const { alg: _, ...silent } = await jwkOf({ kid: 'one' });
    expect((await readKeySet({ keys: [silent] }, ES256)).find('one', 'ES256')).toBeDefined();
    expect((await readKeySet({ keys: [rsa(2_048)] }, ['RS256', 'PS256'])).find('rsa', 'PS256')).toBeUndefined();
  });

  test.each<[string, () => Promise<object>]>([
    ['is for encryption', () => jwkOf({ use: 'enc' })],
    ['is for other operations', () => jwkOf({ key_ops: ['encrypt'] })],
    ['says another algorithm than it is for', () => jwkOf({ alg: 'EdDSA' })],
    ['has no name', () => jwkOf({ kid: undefined })],
    ['is no point of its curve', async () => jwkOf({ y: (await jwkOf()).x })],
    ['is of a curve that was not asked for', () => jwkOf({ crv: 'P-384', alg: 'ES384' })],
    ['is RSA, which was not asked for', async () => rsa(2_048)],
    ['is no object', async () => ['kid']],
  ])('leaves out a key that %s', async (_why, make) => {
    expect((await readKeySet({ keys: [await make()] }, ES256)).size).toBe(0);
  });

  test('leaves out RSA keys that can be broken', async () => {
    const good = rsa(2_048);
    const rs256 = ['RS256'];
    expect((await readKeySet({ keys: [good] }, rs256)).size).toBe(1);
    expect((await readKeySet({ keys: [rsa(1_024)] }, rs256)).size).toBe(0);
    for (const e of ['AQ', 'Ag', 'AA', '']) expect((await readKeySet({ keys: [{ ...good, e }] }, rs256)).size).toBe(0);
  });

  test('leaves out all keys that share a name, since nobody knows which is meant', async () => {
    const keys = [await jwkOf({ kid: 'one' }), await jwkOf({ kid: 'one' }), await jwkOf({ kid: 'two' })];
    const set = await readKeySet({ keys }, ES256);
    expect([set.find('one', 'ES256'), set.size]).toEqual([undefined, 1]);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'keys'],
    ['no list', { keys: {} }],
    ['too many', { keys: Array.from({ length: 101 }, () => ({ kty: 'EC' })) }],
  ])('is not made of %s', async (_what, document) => {
    await expect(readKeySet(document, ES256)).rejects.toThrow(KeySetError);
  });

  test.each([
    { kty: 'oct', k: 'c2VjcmV0', kid: 'x' },
    { kty: 'EC', crv: 'P-256', d: 'AAAA', kid: 'x' },
  ])('that holds a secret is believed in nothing', async (secret) => {
    await expect(readKeySet({ keys: [await jwkOf(), secret] }, ES256)).rejects.toThrow('secret');
  });
});

test('the mark of faulty RSA generators is found, and seldom elsewhere', () => {
  // The product of the primes up to 167, and a prime made by the faulty rule: k·M + (65537^a mod M).
  const primes = Array.from({ length: 166 }, (_, n) => n + 2).filter(
    (n) => !Array.from({ length: n - 2 }, (_, d) => d + 2).some((d) => n % d === 0),
  );
  const product = primes.reduce((all, prime) => all * BigInt(prime), 1n);
  const power = (a: bigint): bigint => (a === 0n ? 1n : (power(a - 1n) * 65_537n) % product);
  const faulty = (987_654_321n * product + power(77n)) * (123_456_789n * product + power(1_001n));
  expect(hasRocaFingerprint(faulty)).toBe(true);
  expect(hasRocaFingerprint(faulty + 2n)).toBe(false);
  const { n = '' } = rsa(2_048) as { n?: string };
  expect(hasRocaFingerprint(BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`))).toBe(false);
});

describe('kept keys', () => {
  async function issuer(options: Partial<CachedKeysOptions> = {}) {
    const clock = virtualClock(1_000_000);
    const state = { keys: [await jwkOf({ kid: 'one' })], loads: 0, answers: true };
    const keys = cachedKeys({
      load: async () => {
        state.loads += 1;
        if (!state.answers) throw new Error('no answer');
        return { keys: state.keys };
      },
      clock,
      algorithms: ES256,
      ...options,
    });
    return { clock, state, knows: async (kid: string) => (await keys.find(kid, 'ES256')) !== undefined };
  }

  test('are loaded once for everybody who asks at the same time, and again after five minutes', async () => {
    const { clock, state, knows } = await issuer();
    await Promise.all(Array.from({ length: 50 }, () => knows('one')));
    clock.advance(299_999);
    expect([await knows('one'), state.loads]).toEqual([true, 1]);
    clock.advance(1);
    expect([await knows('one'), state.loads]).toEqual([true, 2]);
  });

  test('are loaded anew for a new name: a key that the issuer has just begun to use', async () => {
    const { clock, state, knows } = await issuer();
    await knows('one');
    state.keys = [...state.keys, await jwkOf({ kid: 'two' })];
    clock.advance(10_000);
    expect([await knows('two'), state.loads]).toEqual([true, 2]);
  });

  test('are not loaded more often than every ten seconds, however many names are made up', async () => {
    const { clock, state, knows } = await issuer();
    for (let n = 0; n < 600; n += 1) {
      await Promise.all([knows(`made-up-${n}`), knows(`made-up-too-${n}`)]);
      clock.advance(100);
    }
    expect(state.loads).toBeLessThanOrEqual(7);
  });

  test('that were withdrawn are believed for five minutes at most', async () => {
    const { clock, state, knows } = await issuer();
    await knows('one');
    state.keys = [await jwkOf({ kid: 'two' })];
    clock.advance(299_999);
    expect(await knows('one')).toBe(true);
    clock.advance(1);
    expect(await knows('one')).toBe(false);
  });

  test('are believed for an hour while the issuer does not answer, and it is not stormed', async () => {
    const { clock, state, knows } = await issuer();
    await knows('one');
    state.answers = false;
    clock.advance(300_000);
    for (let n = 0; n < 100; n += 1) {
      expect(await knows('one')).toBe(true);
      clock.advance(1_000);
    }
    expect(state.loads).toBeLessThanOrEqual(12);
    clock.advance(3_600_000);
    await expect(knows('one')).rejects.toMatchObject({ code: 'keys_unavailable', class: 'system' });
  });

  test('that never came are nobody’s fault: who asks hears that it is not known', async () => {
    const { clock, state, knows } = await issuer();
    state.answers = false;
    await expect(knows('one')).rejects.toMatchObject({ code: 'keys_unavailable' });
    await expect(knows('one')).rejects.toMatchObject({ code: 'keys_unavailable' });
    expect(state.loads).toBe(1);
    state.answers = true;
    clock.advance(10_000);
    expect(await knows('one')).toBe(true);
  });

  test('are forgotten when the issuer publishes a secret', async () => {
    const { clock, state, knows } = await issuer();
    await knows('one');
    const leaked = { ...(await jwkOf({ kid: 'two' })), d: 'AAAA' };
    state.keys = [...state.keys, leaked];
    clock.advance(300_000);
    await expect(knows('one')).rejects.toMatchObject({ code: 'keys_unavailable' });
  });
});

describe('a key set on the web', () => {
  const answering =
    (body: string, status = 200): typeof fetch =>
    async () =>
      new Response(body, { status });

  test('is read as JSON', async () => {
    expect(await fetchKeySet('https://id.example/jwks', answering('{"keys":[]}'))).toEqual({ keys: [] });
  });

  test('is not taken from an error, a page or an endless stream', async () => {
    await expect(fetchKeySet('https://id.example/jwks', answering('{}', 503))).rejects.toThrow('503');
    await expect(fetchKeySet('https://id.example/jwks', answering('<html>'))).rejects.toThrow();
    await expect(fetchKeySet('https://id.example/jwks', answering('x'.repeat(300_000)))).rejects.toThrow('more than');
  });

  test('is asked for without following redirects, and for three seconds at most', async () => {
    const asked: (RequestInit | undefined)[] = [];
    await fetchKeySet('https://id.example/jwks', async (_url, init) => {
      asked.push(init);
      return new Response('{}');
    });
    expect(asked[0]).toMatchObject({ redirect: 'error', signal: expect.any(AbortSignal) });
  });
});
