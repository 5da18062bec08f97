import { describe, expect, test } from '@jest/globals';
import {
  ACCESS,
  type Action,
  mayAsk,
  mayDo,
  type Resource,
  type Target,
  tenantOf,
} from '../../../lambdas/contracts/access.ts';
import { type Principal, Role } from '../../../lambdas/contracts/principal.ts';

/*
 * The oracle: what each role may, said role by role in plain conditions. It shares nothing with the table, so that a slip
 * in either shows.
 */
interface Ask {
  readonly resource: string;
  readonly action: string;
  readonly mine: boolean;
  readonly own: boolean;
  readonly platform: boolean;
  readonly somebodyElses: boolean;
}
const is = (ask: Ask, ...pairs: string[]): boolean => pairs.includes(`${ask.action} ${ask.resource}`);
const READABLE = [
  'workflow',
  'definition',
  'task',
  'decision',
  'agent',
  'dead_letter',
  'message_log',
  'queue',
  'system',
  'stream',
];
const readsOf = (ask: Ask, ...hidden: string[]): boolean =>
  ask.action === 'read' && READABLE.includes(ask.resource) && !hidden.includes(ask.resource);
const ownToken = (ask: Ask): boolean => ask.mine && is(ask, 'read token', 'revoke token');

const ORACLE: Readonly<Record<Role, (ask: Ask) => boolean>> = {
  viewer: (ask) => readsOf(ask) || ownToken(ask),
  operator: (ask) =>
    readsOf(ask) ||
    ownToken(ask) ||
    is(ask, 'create workflow', 'control workflow', 'repair workflow', 'signal workflow', 'create task') ||
    is(ask, 'repair dead_letter', 'read memory', 'read tenant', 'control tenant') ||
    (ask.platform && is(ask, 'control agent', 'control system')),
  approver: (ask) =>
    readsOf(ask, 'dead_letter', 'message_log', 'queue') ||
    ownToken(ask) ||
    (ask.somebodyElses && is(ask, 'decide decision')),
  admin: (ask) =>
    readsOf(ask) ||
    is(ask, 'create workflow', 'control workflow', 'repair workflow', 'signal workflow', 'create task') ||
    is(ask, 'repair dead_letter', 'read memory', 'erase memory', 'read audit', 'export audit') ||
    is(ask, 'read tenant', 'control tenant', 'export tenant', 'read token', 'create token', 'revoke token') ||
    (ask.somebodyElses && is(ask, 'decide decision')) ||
    (ask.platform && is(ask, 'control agent', 'configure agent', 'control system')) ||
    (ask.platform && is(ask, 'create tenant', 'configure tenant', 'erase tenant')),
  agent: (ask) =>
    is(ask, 'read definition', 'read agent', 'read system') || (ask.own && is(ask, 'read workflow', 'read task')),
  orchestrator: (ask) =>
    readsOf(ask, 'dead_letter', 'message_log', 'decision') ||
    is(ask, 'create workflow', 'create task') ||
    (ask.own && is(ask, 'control workflow', 'signal workflow', 'read decision')),
};

const RESOURCES: readonly Resource[] = [...new Set(ACCESS.map(({ resource }) => resource))];
const ACTIONS: readonly Action[] = [...new Set(ACCESS.map(({ action }) => action))];
const subsets = Array.from({ length: 2 ** Role.options.length }, (_, bits) =>
  Role.options.filter((_role, index) => (bits >> index) & 1),
);
const times = { tokenId: 't', issuedAt: 0, expiresAt: 1 };
const who = (kind: Principal['kind'], roles: readonly Role[], tenant: string): Principal => {
  const sub = kind === 'person' ? 'ann' : `${kind}:ann`;
  return kind === 'agent'
    ? { kind, agent: 'ann', sub, roles, tenant, ...times }
    : { kind, sub, roles, tenant, ...times };
};
/** Every way in which a target can belong to somebody, seen from "me". */
const ownerships = (me: string): Omit<Target, 'tenant'>[] =>
  [undefined, me, me.toUpperCase(), 'bob'].flatMap((createdBy) =>
    [undefined, ['agent:bob'], ['agent:bob', me]].flatMap((decidedFor) =>
      [undefined, true].map((selfAllowed) => ({ createdBy, decidedFor, selfAllowed })),
    ),
  );

test('every role × resource × action × tenant × ownership is answered as the oracle says', () => {
  let cells = 0;
  const wrong: string[] = [];
  for (const kind of ['person', 'service', 'agent'] as const)
    for (const roles of subsets)
      for (const tenant of ['acme', '*']) {
        const principal = who(kind, roles, tenant);
        const counted = kind === 'agent' ? roles.filter((role) => role === 'agent' || role === 'orchestrator') : roles;
        for (const resource of RESOURCES)
          for (const action of ACTIONS)
            for (const ownership of ownerships(principal.sub))
              for (const targetTenant of ['acme', 'globex']) {
                cells += 1;
                const mine = ownership.createdBy === principal.sub;
                const others =
                  ownership.createdBy?.toLowerCase() !== principal.sub &&
                  ownership.createdBy !== undefined &&
                  !ownership.decidedFor?.includes(principal.sub);
                const ask: Ask = {
                  ...{ resource, action, mine, own: mine, platform: tenant === '*' },
                  somebodyElses: others || ownership.selfAllowed === true,
                };
                const within = tenant === '*' || targetTenant === 'acme';
                const expected = within && counted.some((role) => ORACLE[role](ask));
                const permission = mayDo(principal, resource, action, { tenant: targetTenant, ...ownership });
                if (permission.ok !== expected)
                  wrong.push(
                    `${kind} ${roles} of ${tenant}: ${action} ${resource} of ${targetTenant} ${JSON.stringify(ownership)}`,
                  );
              }
      }
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(cells).toBeGreaterThan(1_000_000);
});

describe('a refusal', () => {
  const operator = who('person', ['operator'], 'acme');

  test('says that a thing of another tenant is not there', () => {
    const denied = mayDo(operator, 'workflow', 'control', { tenant: 'globex', createdBy: 'ann' });
    expect(denied).toEqual({ ok: false, code: 'other_tenant', reason: 'there is no such workflow', hide: true });
  });

  test('is the same for a role that may not, whether the thing is there or whose it is', () => {
    const viewer = who('person', ['viewer'], 'acme');
    const targets = [{ tenant: 'acme' }, { tenant: 'globex' }, { tenant: 'acme', createdBy: 'ann' }];
    const denied = targets.map((target) => mayDo(viewer, 'workflow', 'control', target));
    expect(new Set(denied.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(denied[0]).toEqual(mayAsk(viewer, 'workflow', 'control'));
    expect(denied[0]).toMatchObject({ code: 'role_forbidden', hide: false });
  });

  test('names self-approval, for the person who asked and for whom it would be', () => {
    const approver = who('person', ['approver', 'operator'], 'acme');
    for (const target of [
      { createdBy: 'ann' },
      { createdBy: 'Ann' },
      { createdBy: 'bob', decidedFor: ['ann'] },
      { createdBy: 'bob', decidedFor: ['ANN'] },
      {},
    ])
      expect(mayDo(approver, 'decision', 'decide', { tenant: 'acme', ...target })).toMatchObject({
        ok: false,
        code: 'self_approval',
      });
    expect(mayDo(approver, 'decision', 'decide', { tenant: 'acme', createdBy: 'bob' })).toEqual({ ok: true });
  });

  test('hides from an agent what it did not ask for, and tells an orchestrator that it is not its own', () => {
    const agent = who('agent', ['agent'], 'acme');
    expect(mayDo(agent, 'workflow', 'read', { tenant: 'acme', createdBy: 'bob' })).toMatchObject({
      code: 'not_owner',
      hide: true,
    });
    const orchestrator = who('agent', ['agent', 'orchestrator'], 'acme');
    expect(mayDo(orchestrator, 'workflow', 'control', { tenant: 'acme', createdBy: 'bob' })).toMatchObject({
      code: 'not_owner',
      hide: false,
    });
  });

  test('is what whoever has no role gets for everything', () => {
    const nobody = who('person', [], 'acme');
    const answers = ACCESS.map(({ resource, action }) =>
      mayDo(nobody, resource, action, { tenant: 'acme', createdBy: 'ann' }),
    );
    expect(answers.every(({ ok }) => !ok)).toBe(true);
  });
});

describe('the tenant of a request', () => {
  test('is that of the token; naming another is answered as if it were not there', () => {
    const ann = who('person', ['admin'], 'acme');
    expect(tenantOf(ann)).toEqual({ tenant: 'acme' });
    expect(tenantOf(ann, 'acme')).toEqual({ tenant: 'acme' });
    expect(tenantOf(ann, 'globex')).toMatchObject({ denied: { code: 'other_tenant', hide: true } });
    expect(tenantOf(ann, '*')).toMatchObject({ denied: { code: 'other_tenant', hide: true } });
  });

  test('is named by a token of the platform', () => {
    expect(tenantOf(who('person', ['admin'], '*'), 'globex')).toEqual({ tenant: 'globex' });
  });
});
