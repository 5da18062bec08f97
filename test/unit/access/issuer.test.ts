import { describe, expect, test } from '@jest/globals';
import { issueToken } from '../../../lambdas/access/issue-token.ts';
import { keySetOf, PUBLISH_AHEAD_MS, signingKey } from '../../../lambdas/access/key-ring.ts';
import { rotateKeys } from '../../../lambdas/access/rotate-keys.ts';
import { memoryTokenKeys } from '../../../lambdas/adapters/memory/memory-token-keys.ts';
import { virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';
import { type IdentityWorld, identityWorld, NOW, POLICY, SETTINGS } from '../../support/access/identity-world.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const letIn = async ({ verify }: IdentityWorld, token: string): Promise<boolean> => (await verify(token)).ok;
const kidOf = (token: string): string => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;

describe('keys that sign tokens', () => {
  test('are renewed after thirty days, and not before', async () => {
    const world = await identityWorld();
    expect((await world.rotate()).added).toBeUndefined();
    world.clock.advance(30 * DAY - 1);
    expect((await world.rotate()).added).toBeUndefined();
    world.clock.advance(1);
    expect((await world.rotate()).added).toBeDefined();
    expect((await world.rotate()).added).toBeUndefined();
  });

  test('are published an hour before they sign, so that every cache has read them by then', async () => {
    const world = await identityWorld();
    world.clock.advance(30 * DAY);
    const { added = '' } = await world.rotate();
    const published = await world.publication.read();
    expect(published?.keys.map((key) => key.public.kid)).toEqual([world.kid, added]);
    expect(kidOf((await world.issue()).token)).toBe(world.kid);
    world.clock.advance(PUBLISH_AHEAD_MS);
    expect(kidOf((await world.issue()).token)).toBe(added);
  });

  test('verify what they have signed until it ends, whenever the next key comes (fault 35)', async () => {
    const world = await identityWorld();
    world.clock.advance(30 * DAY);
    const { added = '' } = await world.rotate();
    world.clock.advance(PUBLISH_AHEAD_MS - 1);
    const { token } = await world.issue({ seconds: POLICY.maxTokenSeconds });
    expect(kidOf(token)).toBe(world.kid);
    for (const hours of [1, 5, 5.99]) {
      world.clock.advance(hours * HOUR);
      await world.rotate();
      expect(await letIn(world, token)).toBe(true);
    }
    world.clock.advance(HOUR);
    await world.rotate();
    const { keys } = keySetOf((await world.publication.read()) ?? { version: 0, keys: [] }, world.clock.now());
    expect(keys.map(({ kid }) => kid)).toEqual([added]);
    expect(await letIn(world, token)).toBe(false);
  });

  test('can be thrown away at once: nothing from before counts after the five minutes that keys are kept', async () => {
    const world = await identityWorld();
    const { token: before } = await world.issue();
    expect(await letIn(world, before)).toBe(true);
    const { added } = await world.rotate(true);
    const { token: after } = await world.issue();
    expect(kidOf(after)).toBe(added);
    world.clock.advance(300_000);
    expect(await letIn(world, before)).toBe(false);
    expect(await letIn(world, after)).toBe(true);
  });

  test('are known wherever they are checked before they are used, however rotations race and break', async () => {
    for (const dies of [1, 2, 3]) {
      const clock = virtualClock(NOW);
      const { signingKeys, publication } = memoryTokenKeys();
      const ports = { clock, signingKeys, publication };
      await rotateKeys(ports, POLICY);
      clock.advance(30 * DAY);
      let writes = 0;
      const breaking = {
        ...ports,
        signingKeys: {
          ...signingKeys,
          write: async (ring: Parameters<typeof signingKeys.write>[0]) => {
            writes += 1;
            if (writes === dies) throw new Error('the container dies');
            await signingKeys.write(ring);
          },
        },
      };
      await Promise.allSettled([
        rotateKeys(breaking, POLICY),
        rotateKeys(breaking, POLICY),
        rotateKeys(breaking, POLICY),
      ]);
      for (let hour = 0; hour < 24 * 31; hour += 1) {
        const ring = await signingKeys.read();
        const signs = ring && signingKey(ring, clock.now());
        const { keys } = keySetOf((await publication.read()) ?? { version: 0, keys: [] }, clock.now());
        expect(keys.map(({ kid }) => kid)).toContain(signs?.public.kid);
        clock.advance(HOUR);
        await rotateKeys(ports, POLICY);
      }
      const { keys } = keySetOf((await publication.read()) ?? { version: 0, keys: [] }, clock.now());
      expect(keys.length).toBeLessThanOrEqual(3);
    }
  });

  test('show nothing private of themselves', async () => {
    const world = await identityWorld();
    const ring = await world.signingKeys.read();
    const shown = JSON.stringify(await world.publication.read());
    for (const key of ring?.keys ?? []) expect(shown).not.toContain(key.private.d);
  });
});

describe('the issuer', () => {
  test.each<[string, object, string]>([
    ['no role', { roles: [] }, 'without a role'],
    ['a day of a token that lasts twelve hours at most', { seconds: 86_400 }, '1 to 43200'],
    ['no time', { seconds: 0 }, '1 to 43200'],
    ['a name with a blank', { sub: 'ann b' }, 'printable'],
    ['a tenant in capitals', { tenant: 'ACME' }, 'tenant'],
    ['a person who is an agent', { roles: ['agent'] }, 'for agents'],
    ['an agent who is an administrator', { sub: 'agent:extractor', roles: ['admin'] }, 'nothing else'],
    ['an agent of all tenants', { sub: 'agent:extractor', roles: ['agent'], tenant: '*' }, 'one tenant'],
    ['an agent that can’t be', { sub: 'agent:No Such', roles: ['agent'] }, 'kebab-case'],
  ])('refuses %s', async (_what, request, reason) => {
    const world = await identityWorld();
    await expect(world.issue(request)).rejects.toThrow(reason);
  });

  test('signs nothing before there is a key', async () => {
    const request = { sub: 'ann', tenant: 'acme', roles: ['viewer'] as const, seconds: 60, tokenId: 't' };
    await expect(issueToken(SETTINGS, { version: 0, keys: [] }, request, NOW)).rejects.toMatchObject({
      code: 'keys_unavailable',
    });
  });

  test('makes tokens of the platform, of services and of agents that it vouches for', async () => {
    const world = await identityWorld();
    const means = async (request: Parameters<typeof world.issue>[0]) =>
      world.verify((await world.issue(request)).token);
    expect(await means({ tenant: '*', roles: ['admin'] })).toMatchObject({
      principal: { tenant: '*', kind: 'person' },
    });
    expect(await means({ sub: 'service:nightly' })).toMatchObject({ principal: { kind: 'service' } });
    expect(await means({ sub: 'agent:extractor', roles: ['agent'] })).toMatchObject({
      principal: { kind: 'agent', agent: 'extractor', roles: ['agent'] },
    });
  });
});

describe('a token that was taken back', () => {
  const by = { by: 'kim', reason: 'lost laptop' };

  test('lets nobody in, and says whose it was', async () => {
    const world = await identityWorld();
    const { token } = await world.issue();
    await world.revocations.revoke({ tokenId: 'token-1' }, { at: NOW, ...by }, NOW + DAY);
    expect(await world.verify(token)).toMatchObject({ ok: false, fault: 'token_revoked', principal: { sub: 'ann' } });
    const { token: other } = await world.issue({ tokenId: 'token-2' });
    expect(await letIn(world, other)).toBe(true);
  });

  test('is one of all that somebody had; later ones count, and others’ too', async () => {
    const world = await identityWorld();
    const { token } = await world.issue();
    await world.revocations.revoke({ tenant: 'acme', sub: 'ann' }, { at: NOW + 500, ...by }, NOW + DAY);
    expect(await letIn(world, token)).toBe(false);
    expect(await letIn(world, (await world.issue({ sub: 'bob' })).token)).toBe(true);
    expect(await letIn(world, (await world.issue({ tenant: 'globex' })).token)).toBe(true);
    world.clock.advance(1_000);
    expect(await letIn(world, (await world.issue()).token)).toBe(true);
  });

  test('is not let in by changing how its signature is written', async () => {
    const world = await identityWorld({ ...SETTINGS, mode: 'oidc' });
    const token = await world.said({ jti: undefined });
    const verified = await world.verify(token);
    const tokenId = verified.ok ? verified.principal.tokenId : '';
    await world.revocations.revoke({ tokenId }, { at: NOW, ...by }, NOW + DAY);
    const [head, body, signature = ''] = token.split('.');
    // ECDSA: (r, -s) is a signature of the same text (SEC 1, 4.1.4).
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const bytes = Buffer.from(signature, 'base64url');
    const s = BigInt(`0x${bytes.subarray(32).toString('hex')}`);
    const other = Buffer.concat([
      bytes.subarray(0, 32),
      Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex'),
    ]);
    const twin = `${head}.${body}.${other.toString('base64url')}`;
    expect(await world.verify(twin)).toMatchObject({ fault: 'token_revoked' });
  });
});
