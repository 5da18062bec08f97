import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createVerifier } from '../../../lambdas/access/verify-token.ts';
import { agentIdentities } from '../../../lambdas/adapters/agent-identity.ts';
import { memoryRevocations } from '../../../lambdas/adapters/memory/memory-revocations.ts';
import { virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';
import type { RegisteredAgent } from '../../../lambdas/contracts/registry.ts';
import type { PublishedKey } from '../../../lambdas/contracts/signature.ts';
import { type AgentTokenRequest, agentToken } from '../../../lambdas/runtime/agent-token.ts';
import { newKey } from '../../../lambdas/runtime/signing/container-key.ts';
import { createKeyRing } from '../../../lambdas/runtime/signing/key-ring.ts';
import { createTestFleet } from '../../../lambdas/testing/test-fleet.ts';
import { checkDefinition } from '../../../lambdas/workflow/definition.ts';
import { identityWorld, NOW, SETTINGS, signed } from '../../support/access/identity-world.ts';
import { registeredAgent } from '../../support/factories.ts';
import { workAgent } from '../../support/no-op-agent.ts';

const audience = SETTINGS.audience[0] ?? '';
const request = { agent: 'extractor', tenant: 'acme', audience, tokenId: 'a-1' };

/** A deployment with agents, and the keys that containers have published. */
async function fleet(agents: readonly Partial<RegisteredAgent>[] = [{ name: 'extractor' }]) {
  const clock = virtualClock(NOW);
  const published = new Map<string, PublishedKey>();
  const ring = createKeyRing({ find: async (sender, kid) => published.get(`${sender} ${kid}`) }, clock);
  const registered = agents.map((agent) => registeredAgent(agent));
  const world = await identityWorld(SETTINGS, agentIdentities(ring, { agents: async () => registered }, clock));
  const container = (sender: string, id: string) => {
    const made = newKey(sender, id, NOW);
    published.set(`${sender} ${made.published.kid}`, made.published);
    return { kid: made.published.kid, key: made.privateKey };
  };
  const means = async (said: Partial<AgentTokenRequest>, by: ReturnType<typeof container>, now = NOW) => {
    const verified = await world.verify(agentToken({ ...request, ...said }, by, now));
    return verified.ok ? verified.principal : verified.fault;
  };
  return { world, container, means };
}

describe('a token that an agent makes itself', () => {
  test('says who it is; what it may be comes from the registry', async () => {
    const { means, container } = await fleet([{ name: 'extractor' }, { name: 'planner', roles: ['orchestrator'] }]);
    expect(await means({}, container('extractor', 'key-of-one'))).toEqual({
      kind: 'agent',
      ...{ agent: 'extractor', sub: 'agent:extractor', tenant: 'acme', roles: ['agent'], tokenId: 'a-1' },
      ...{ issuedAt: NOW, expiresAt: NOW + 300_000 },
    });
    const planner = await means({ agent: 'planner' }, container('planner', 'key-of-two'));
    expect(planner).toMatchObject({ roles: ['agent', 'orchestrator'] });
  });

  test('names no other agent, whichever of the two it says it is', async () => {
    const { means, container, world } = await fleet([
      { name: 'extractor' },
      { name: 'planner', roles: ['orchestrator'] },
    ]);
    const own = container('extractor', 'key-of-one');
    expect(await means({ agent: 'planner' }, own)).toBe('key_unknown');
    const claims = {
      iss: 'agent:extractor',
      sub: 'agent:planner',
      aud: audience,
      tenant: 'acme',
      iat: NOW / 1_000,
      exp: NOW / 1_000 + 60,
    };
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg: 'EdDSA', kid: own.kid, typ: 'JWT' })}.${part(claims)}`;
    const forged = `${text}.${sign(null, Buffer.from(text), own.key).toString('base64url')}`;
    expect(await world.verify(forged)).toMatchObject({ ok: false, fault: 'claims_refused' });
  });

  test('counts for one tenant, for this API, and for minutes', async () => {
    const { means, container } = await fleet();
    const own = container('extractor', 'key-of-one');
    expect(await means({ tenant: '*' }, own)).toBe('claims_refused');
    expect(await means({ audience: 'urn:other' }, own)).toBe('audience_wrong');
    expect(await means({}, own, NOW - 361_000)).toBe('token_expired');
    expect(await means({}, own, NOW + 61_000)).toBe('token_not_yet_valid');
  });

  test('is nobody’s when the agent is not registered, in quarantine, or signs with a key of its own making', async () => {
    const health = { agent_id: 'rogue', state: 'quarantined', is_healthy: false, issues: [], since: NOW } as const;
    const { means, container } = await fleet([
      { name: 'rogue', load: { queue_depth: 0, measured_at: NOW, health: { ...health, issues: [] } } },
      { name: 'extractor' },
    ]);
    expect(await means({ agent: 'coordinator' }, container('coordinator', 'key-of-three'))).toBe('key_unknown');
    expect(await means({ agent: 'rogue' }, container('rogue', 'key-of-four'))).toBe('agent_quarantined');
    const { privateKey } = generateKeyPairSync('ed25519');
    expect(await means({}, { ...container('extractor', 'key-of-five'), key: privateKey })).toBe('signature_invalid');
  });

  test('is of the one algorithm that agents have, and of the type of tokens', async () => {
    const { world } = await fleet();
    const claims = {
      iss: 'agent:extractor',
      sub: 'agent:extractor',
      aud: audience,
      tenant: 'acme',
      iat: NOW / 1_000,
      exp: NOW / 1_000 + 60,
    };
    const by = async (header: { alg: string; typ: string }) =>
      world.verify(await signed(claims, { ...header, kid: world.kid }, world.privateKey));
    expect(await by({ alg: 'ES256', typ: 'JWT' })).toMatchObject({ fault: 'algorithm_refused' });
    expect(await by({ alg: 'ES256', typ: 'muster-message+jws' })).toMatchObject({ fault: 'type_refused' });
  });
});

test('an agent at work gets a token for the tenant of its task, and the API knows it again', async () => {
  const work = workAgent((_input, ctx) => ctx.token(audience), { name: 'planner', roles: ['orchestrator'] });
  const definition = checkDefinition({ name: 'demo.work', tasks: [{ id: 'a', type: 'work', input: {} }] });
  const fleet = await createTestFleet({ agents: [work], workflows: [definition] });
  const run = await fleet.run('demo.work', {}, { tenant: 'acme' });
  const { world, clock } = fleet.platform;
  const verify = createVerifier({
    settings: SETTINGS,
    clock,
    keys: { find: async () => undefined },
    revocations: memoryRevocations(),
    agentKeys: agentIdentities(createKeyRing(world.messageKeys, clock), world.registry, clock),
  });
  expect(await verify(String(run.tasks.a?.result))).toMatchObject({
    ok: true,
    principal: { kind: 'agent', sub: 'agent:planner', tenant: 'acme', roles: ['agent', 'orchestrator'] },
  });
  fleet.stop();
});
