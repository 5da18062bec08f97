import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Role } from '../../../lambdas/contracts/principal.ts';
import { loadConfig } from '../../../lib/config.ts';
import { IdentityConfig, identitySettings } from '../../../lib/identity-config.ts';
import { cognito, mayCancel } from './guide-examples.ts';

const guide = readFileSync('docs/guides/access.md', 'utf8');
const blocks = [...guide.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
const inLanguage = (language: string): string[] =>
  blocks.flatMap(([, of, text = '']) => (of === language ? [text] : []));

describe('the guide on access', () => {
  test('has code that is what the compiler checks', () => {
    const checked = readFileSync('test/unit/access/guide-examples.ts', 'utf8');
    expect(inLanguage('ts')).toHaveLength(3);
    for (const text of inLanguage('ts')) expect(checked).toContain(text);
  });

  test('asks the table as it says', () => {
    const times = { tokenId: 't', issuedAt: 0, expiresAt: 1 };
    const bot = { kind: 'service', sub: 'service:bot', tenant: 'acme', roles: ['orchestrator'], ...times } as const;
    expect(mayCancel(bot, { tenant: 'acme', requestedBy: 'service:bot' })).toBe(true);
    expect(mayCancel(bot, { tenant: 'acme', requestedBy: 'ann' })).toBe(false);
  });

  test('shows a configuration that can be used', () => {
    const { identity, stage } = loadConfig('dev', {}, cognito);
    expect(identitySettings(identity, stage)).toMatchObject({
      ...{ mode: 'oidc', audience: ['4kq8…'], algorithms: ['RS256'], tokenTypes: [''], maxTokenSeconds: 86_400 },
      ...{ platformTokens: false, claims: { tenant: 'custom:tenant', audience: 'client_id' } },
    });
  });

  test('names every role and every setting of a provider', () => {
    for (const role of Role.options) expect(guide).toContain(`| \`${role}\` |`);
    const [, oidc] = IdentityConfig.options;
    for (const name of Object.keys(oidc.shape)) expect(guide).toMatch(new RegExp(`\\b${name}\\b`));
  });

  test('calls commands that there are', () => {
    const cli = readFileSync('bin/muster.ts', 'utf8');
    for (const name of ['token', 'rotate', 'revoke']) {
      expect(guide).toContain(name);
      expect(cli).toContain(`.command('${name}')`);
    }
  });
});

describe('the configuration of identity', () => {
  test('is the embedded issuer of the stage, if nothing is said', () => {
    const { identity, stage } = loadConfig('dev');
    expect(identitySettings(identity, stage)).toMatchObject({
      ...{ mode: 'embedded', issuer: 'urn:muster:dev', audience: ['urn:muster:dev:api'], algorithms: ['ES256'] },
      ...{ tokenTypes: ['at+jwt'], maxTokenSeconds: 43_200 },
    });
  });

  test.each<[string, object]>([
    ['keys that come over HTTP', { jwksUri: 'http://id.example/jwks' }],
    ['an algorithm with a shared secret', { algorithms: ['HS256'] }],
    ['the algorithm "none"', { algorithms: ['none'] }],
    ['a role that there is not', { roles: { all: 'root' } }],
    ['no audience', { audience: [] }],
    ['tokens for a month', { maxTokenHours: 720 }],
    ['a setting that there is not', { secret: 'x' }],
  ])('refuses %s', (_what, change) => {
    expect(() => loadConfig('dev', {}, { identity: { ...cognito.identity, ...change } })).toThrow('identity');
  });

  test('takes keys over HTTP on the emulator, for tests', () => {
    const identity = { ...cognito.identity, jwksUri: 'http://127.0.0.1:9/jwks' };
    expect(() => loadConfig('local', {}, { identity })).not.toThrow();
  });
});
