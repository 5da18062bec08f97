import { createHmac, createPublicKey } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, exportSPKI, generateKeyPair, importJWK } from 'jose';
import { createVerifier } from '../../../lambdas/access/verify-token.ts';
import { IdentitySettings } from '../../../lambdas/contracts/identity-settings.ts';
import {
  HONEST,
  type IdentityWorld,
  identityWorld,
  NOW,
  SETTINGS,
  seconds,
  signed,
} from '../../support/access/identity-world.ts';

let world: IdentityWorld;
beforeAll(async () => {
  world = await identityWorld();
});
const faultOf = async (token: string, { verify } = world): Promise<string> => {
  const verified = await verify(token);
  return verified.ok ? 'let in' : verified.fault;
};
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token of the issuer', () => {
  test('means who it names', async () => {
    const { token, principal } = await world.issue({ roles: ['operator', 'approver'] });
    expect(await world.verify(token)).toEqual({ ok: true, principal });
    expect(principal).toEqual({
      kind: 'person',
      ...{ sub: 'ann', tenant: 'acme', roles: ['operator', 'approver'], tokenId: 'token-1' },
      ...{ issuedAt: NOW, expiresAt: NOW + 3_600_000 },
    });
  });

  test('counts from a minute before its time to a minute after its end, since clocks differ', async () => {
    const fresh = await identityWorld();
    const { token } = await fresh.issue();
    const at = async (ms: number) => {
      const there = await identityWorld();
      const verify = createVerifier({
        ...{ settings: SETTINGS, keys: fresh.keys, revocations: there.revocations },
        clock: { now: () => ms },
      });
      const verified = await verify(token);
      return verified.ok ? 'let in' : verified.fault;
    };
    expect(await at(NOW - 60_000)).toBe('let in');
    expect(await at(NOW - 61_000)).toBe('token_not_yet_valid');
    expect(await at(NOW + 3_659_000)).toBe('let in');
    expect(await at(NOW + 3_660_000)).toBe('token_expired');
  });
});

describe('attack 1: tokens that nobody may get in with', () => {
  const later =
    (claims: object, header: object = {}) =>
    async () =>
      faultOf(await world.said(claims, header));

  test.each<[string, string, () => Promise<string>]>([
    ['no token at all', 'token_missing', () => faultOf('')],
    ['a text', 'token_malformed', () => faultOf('not.a.token')],
    ['a very long text', 'token_malformed', async () => faultOf(`${await world.said()}${'A'.repeat(9_000)}`)],
    [
      'a JSON that is no object',
      'token_malformed',
      async () => faultOf(await signed('["sub"]', { ...HONEST.header, kid: world.kid }, world.privateKey)),
    ],
    ['another issuer', 'issuer_unknown', later({ iss: 'https://evil.example' })],
    ['no issuer', 'issuer_unknown', later({ iss: undefined })],
    ['several issuers', 'issuer_unknown', later({ iss: [SETTINGS.issuer] })],
    ['an agent as issuer, where agents have no tokens', 'issuer_unknown', later({ iss: 'agent:extractor' })],
    ['another audience', 'audience_wrong', later({ aud: 'urn:other' })],
    ['no audience', 'audience_wrong', later({ aud: undefined })],
    ['an audience that only looks alike', 'audience_wrong', later({ aud: ['URN:MUSTER:TEST:API'] })],
    ['one that has ended', 'token_expired', later({ exp: seconds(NOW) - 60 })],
    ['one that never ends', 'claims_refused', later({ exp: undefined })],
    ['an end that is a text', 'claims_refused', later({ exp: '9999999999' })],
    ['one that is not valid yet', 'token_not_yet_valid', later({ nbf: seconds(NOW) + 61 })],
    [
      'one that is issued tomorrow',
      'token_not_yet_valid',
      later({ iat: seconds(NOW) + 86_400, exp: seconds(NOW) + 90_000 }),
    ],
    [
      'one of long ago that ends in a year',
      'token_too_old',
      later({ iat: seconds(NOW) - 43_261, exp: seconds(NOW) + 31_536_000 }),
    ],
    ['no time of issue', 'claims_refused', later({ iat: undefined })],
    ['no subject', 'claims_refused', later({ sub: undefined })],
    ['a subject with a blank', 'claims_refused', later({ sub: 'ann ' })],
    ['a subject of letters that look alike', 'claims_refused', later({ sub: 'аnn' })],
    ['no tenant', 'claims_refused', later({ tenant: undefined })],
    ['a tenant that is a way out of its keys', 'claims_refused', later({ tenant: 'acme#x' })],
    ['several tenants', 'claims_refused', later({ tenant: ['acme', 'globex'] })],
    ['an ID token', 'type_refused', later({}, { typ: 'JWT' })],
    ['no type', 'type_refused', later({}, { typ: undefined })],
    ['no name of a key', 'key_unknown', later({}, { kid: undefined })],
    ['a name that is a path', 'key_unknown', later({}, { kid: '../../etc/passwd' })],
    ['a name that is a query', 'key_unknown', later({}, { kid: "x' UNION SELECT 'key" })],
    ['a name that every object has', 'key_unknown', later({}, { kid: '__proto__' })],
    ['a key set of its own', 'header_refused', later({}, { jku: 'https://evil.example/jwks.json' })],
    ['certificates of its own', 'header_refused', later({}, { x5u: 'https://evil.example/cert.pem' })],
    ['a certificate of its own', 'header_refused', later({}, { x5c: ['MIIB'] })],
    [
      'a key of its own',
      'header_refused',
      async () => {
        const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
        const jwk = await exportJWK(publicKey);
        return faultOf(await signed(HONEST.claims, { ...HONEST.header, kid: world.kid, jwk }, privateKey));
      },
    ],
    [
      'an extension that must be understood',
      'header_refused',
      async () => {
        const header = { ...HONEST.header, kid: world.kid, b64: true, crit: ['b64'] };
        return faultOf(await signed(HONEST.claims, header, world.privateKey));
      },
    ],
  ])('%s: %s', async (_what, fault, attempt) => {
    expect(await attempt()).toBe(fault);
  });

  test.each(['none', 'None', 'NONE', 'nOnE', ''])('the algorithm "%s"', async (alg) => {
    const head = part({ ...HONEST.header, alg, kid: world.kid });
    for (const signature of ['', 'AAAA', part('x')]) {
      expect(['algorithm_refused', 'token_malformed']).toContain(
        await faultOf(`${head}.${part(HONEST.claims)}.${signature}`),
      );
    }
  });

  test('a public key that is used as a secret: HS256 over what is published of the key', async () => {
    const jwk = world.first;
    const asymmetric = await importJWK(jwk, 'ES256');
    if (asymmetric instanceof Uint8Array) throw new Error('no secret');
    const pem = await exportSPKI(asymmetric);
    const der = createPublicKey(pem).export({ type: 'spki', format: 'der' });
    const secrets = [
      pem,
      pem.trim(),
      `${pem.trim()}\n`,
      JSON.stringify(jwk),
      jwk.x,
      jwk.kid,
      der,
      Buffer.from(jwk.x, 'base64url'),
    ];
    for (const alg of ['HS256', 'HS384', 'HS512'] as const) {
      const text = `${part({ alg, typ: 'at+jwt', kid: world.kid })}.${part(HONEST.claims)}`;
      for (const secret of secrets) {
        const mac = createHmac(`sha${alg.slice(2)}`, secret)
          .update(text)
          .digest('base64url');
        expect(await faultOf(`${text}.${mac}`)).toBe('algorithm_refused');
      }
    }
  });

  test('a good signature of another algorithm or of another key', async () => {
    for (const alg of ['ES384', 'PS256', 'RS256', 'EdDSA'] as const) {
      const { privateKey } = await generateKeyPair(alg);
      expect(await faultOf(await signed(HONEST.claims, { ...HONEST.header, alg, kid: world.kid }, privateKey))).toBe(
        'algorithm_refused',
      );
    }
    const { privateKey } = await generateKeyPair('ES256');
    const forged = await signed(HONEST.claims, { ...HONEST.header, kid: world.kid }, privateKey);
    expect(await faultOf(forged)).toBe('signature_invalid');
  });

  test('a signature of zeros, which broken curves take for any text (CVE-2022-21449)', async () => {
    const [head, body] = (await world.said()).split('.');
    expect(await faultOf(`${head}.${body}.${Buffer.alloc(64).toString('base64url')}`)).toBe('signature_invalid');
  });

  test('parts of two good tokens put together', async () => {
    const [ann, bob] = [
      (await world.said()).split('.'),
      (await world.said({ sub: 'bob', roles: ['admin'] })).split('.'),
    ];
    expect(await faultOf(`${ann[0]}.${bob[1]}.${ann[2]}`)).toBe('signature_invalid');
    expect(await faultOf(`${bob[0]}.${bob[1]}.${ann[2]}`)).toBe('signature_invalid');
  });

  test('three thousand forgeries of a good token, one change each', async () => {
    const token = await world.said();
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    let state = 7;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    // The last character holds bits that are no part of the signature.
    const end = token.length - 1;
    let refused = 0;
    for (let attempt = 0; attempt < 3_000; attempt += 1) {
      const at = random(end);
      const other = alphabet[random(64)] ?? 'A';
      const forged = [
        token.slice(0, at) + (token[at] === other ? '=' : other) + token.slice(at + 1),
        token.slice(0, at) + token.slice(at + 1),
        token.slice(0, at) + other + token.slice(at),
      ][attempt % 3];
      if ((await faultOf(forged ?? '')) !== 'let in') refused += 1;
    }
    expect(refused).toBe(3_000);
  });
});

describe('roles', () => {
  const rolesOf = async (roles: unknown, sub = 'ann') => {
    const verified = await world.verify(await world.said({ roles, sub }));
    return verified.ok ? verified.principal.roles : verified.fault;
  };

  test('that nobody knows count for nothing', async () => {
    expect(await rolesOf(['operator', 'root', 7, null, 'operator'])).toEqual(['operator']);
    expect(await rolesOf(undefined)).toEqual([]);
    expect(await rolesOf({ admin: true })).toEqual([]);
  });

  test('may come in a text, as scopes do', async () => {
    expect(await rolesOf('viewer approver')).toEqual(['viewer', 'approver']);
  });

  test('of an agent are for agents, and an agent has no others', async () => {
    expect(await rolesOf(['agent', 'operator'])).toEqual(['operator']);
    expect(await rolesOf(['agent', 'orchestrator', 'admin', 'approver'], 'agent:extractor')).toEqual([
      'agent',
      'orchestrator',
    ]);
  });
});

describe('an OpenID provider', () => {
  const oidc = IdentitySettings.parse({
    mode: 'oidc',
    issuer: 'https://id.example/pool',
    audience: ['client-1'],
    algorithms: ['ES256'],
    tokenTypes: ['JWT', ''],
    claims: { tenant: 'custom:tenant', roles: ['realm_access', 'roles'], audience: 'client_id' },
    roles: { 'muster-operators': 'operator', 'muster-admins': 'admin' },
    platformTokens: false,
  });
  const claims = {
    ...{ iss: oidc.issuer, aud: undefined, client_id: 'client-1', tenant: undefined, roles: ['admin'], jti: undefined },
    ...{ 'custom:tenant': 'acme', realm_access: { roles: ['muster-operators', 'admin', 'offline_access'] } },
  };

  test('has its own names for claims, roles, audience and type', async () => {
    const provider = await identityWorld(oidc);
    const verified = await provider.verify(await provider.said(claims, { typ: undefined }));
    expect(verified).toMatchObject({ ok: true, principal: { sub: 'ann', tenant: 'acme', roles: ['operator'] } });
    expect(verified.ok && verified.principal.tokenId).toMatch(/^sha256:[\w-]{43}$/);
  });

  test('can neither make a platform administrator nor speak for an agent, unless it is told to', async () => {
    const provider = await identityWorld(oidc);
    const trusted = await identityWorld({ ...oidc, platformTokens: true });
    const said = async (there: IdentityWorld, more: object) =>
      faultOf(await there.said({ ...claims, ...more }, { typ: 'JWT' }), there);
    expect(await said(provider, { 'custom:tenant': '*' })).toBe('claims_refused');
    expect(await said(provider, { sub: 'agent:extractor' })).toBe('claims_refused');
    expect(await said(trusted, { 'custom:tenant': '*' })).toBe('let in');
  });

  test('is not believed about claims that every object has', async () => {
    const provider = await identityWorld({ ...oidc, claims: { ...oidc.claims, tenant: ['constructor', 'name'] } });
    expect(await faultOf(await provider.said(claims, { typ: 'JWT' }), provider)).toBe('claims_refused');
  });
});
