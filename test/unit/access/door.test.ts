import { describe, expect, test } from '@jest/globals';
import { identityWorld, NOW } from '../../support/access/identity-world.ts';

const bearer = (token: string): string => `Bearer ${token}`;
const origin = { source: '203.0.113.9', correlationId: 'c-1' };

describe('the door', () => {
  test('lets in who has a good token, and notes nothing', async () => {
    const { door, issue, log } = await identityWorld();
    const { token, principal } = await issue();
    expect(await door.admit(bearer(token), origin)).toEqual({ ok: true, principal });
    expect(await door.admitToken(token)).toEqual({ ok: true, principal });
    expect(log.events).toEqual([]);
  });

  test.each([undefined, '', 'Bearer', 'Bearer ', 'Basic YW5uOnB3', 'token', 'Bearer a b'])(
    'says to "%s" that it needs a token',
    async (header) => {
      const { door } = await identityWorld();
      expect(await door.admit(header)).toMatchObject({
        ok: false,
        fault: 'token_missing',
        challenge: 'Bearer realm="muster"',
      });
    },
  );

  test('says to an honest client that its token has expired, and to a forger no more than that it is not valid', async () => {
    const { door, said, log } = await identityWorld();
    const admit = async (claims: object) => {
      const { ok: _, ...answer } = await door.admit(bearer(await said(claims)), origin);
      return answer;
    };
    expect(await admit({ exp: NOW / 1_000 - 61 })).toMatchObject({ message: 'the token has expired' });
    const answers = [await admit({ iss: 'urn:other' }), await admit({ aud: 'urn:other' }), await admit({ sub: 'a b' })];
    const messages = answers.map((answer) => ('message' in answer ? [answer.message, answer.challenge] : []));
    expect(new Set(messages.map((one) => one.join())).size).toBe(1);
    expect(log.events.map(({ code }) => code)).toEqual([
      'token_expired',
      'issuer_unknown',
      'audience_wrong',
      'claims_refused',
    ]);
  });

  test('notes every refusal of a token with where it came from, and never the token', async () => {
    const { door, said, log } = await identityWorld();
    const token = await said({ aud: 'urn:other' });
    await door.admit(bearer(token), origin);
    expect(log.events).toEqual([
      {
        ...{ kind: 'authentication_failed', at: NOW, code: 'audience_wrong', reason: 'it is for somebody else' },
        ...{ source: origin.source, correlation_id: 'c-1' },
      },
    ]);
    expect(JSON.stringify(log.events)).not.toContain(token.slice(0, 20));
  });

  test('notes who uses a token that was taken back', async () => {
    const { door, issue, log, revocations } = await identityWorld();
    const { token } = await issue();
    await revocations.revoke({ tokenId: 'token-1' }, { at: NOW, by: 'kim', reason: 'lost' }, NOW + 1);
    expect(await door.admit(bearer(token))).toMatchObject({ ok: false, fault: 'token_revoked' });
    expect(log.events).toMatchObject([{ kind: 'token_revoked_used', sub: 'ann', tenant: 'acme', token_id: 'token-1' }]);
  });

  test('notes who may not, and who reaches for another tenant or for what they asked themselves', async () => {
    const { door, issue, log } = await identityWorld();
    const { principal } = await issue({ roles: ['operator', 'approver'] });
    const about = { ...origin, target: 'run_1' };
    expect(door.permit(principal, 'workflow', 'create')).toEqual({ ok: true });
    expect(door.permit(principal, 'audit', 'read', undefined, about)).toMatchObject({ ok: false, hide: false });
    expect(door.permit(principal, 'workflow', 'read', { tenant: 'globex' }, about)).toMatchObject({ hide: true });
    const own = { tenant: 'acme', createdBy: 'ann' };
    expect(door.permit(principal, 'decision', 'decide', own, about)).toMatchObject({ code: 'self_approval' });
    expect(log.events.map(({ kind, target_tenant }) => [kind, target_tenant])).toEqual([
      ['authorization_denied', undefined],
      ['tenant_crossed', 'globex'],
      ['self_approval_refused', 'acme'],
    ]);
    expect(log.events[1]).toMatchObject({
      sub: 'ann',
      tenant: 'acme',
      target: 'run_1',
      resource: 'workflow',
      action: 'read',
    });
  });
});
