import { beforeAll, describe, expect, test } from '@jest/globals';
import { reach } from '../../../../lambdas/contracts/access.ts';
import type { ApiRoute } from '../../../../lambdas/contracts/api/route.ts';
import { OPERATIONS, type Operation, ROUTES } from '../../../../lambdas/contracts/api/routes.ts';
import { Role } from '../../../../lambdas/contracts/principal.ts';
import { fakeAgent } from '../../../../lambdas/testing/fake-agent.ts';
import { type ApiWorld, createApiWorld } from '../../../support/api/api-world.ts';
import { task, workflow } from '../../../support/factories.ts';

/** Bodies that every operation takes, so that what is refused is refused for who asks. */
const BODIES: Partial<Record<Operation, object>> = {
  executeTask: { task_type: 'work', content: {} },
  startWorkflow: { workflow: 'one' },
  repairWorkflow: { edit: { input: {} } },
  signalWorkflow: { event: 'nudge' },
  decide: { task_id: 'a', decision: 'yes' },
  setAgentState: { state: 'ready' },
  setAgentParameters: { values: {} },
  setHold: { action: 'resume' },
  setHoldOfAll: { action: 'resume' },
  searchMemory: { text: 'anything' },
};
const QUERIES: Partial<Record<Operation, string>> = { listMessages: '?correlation_id=c' };
const OWNERS = ['own', 'others'] as const;
const TENANTS = ['home', 'away', '*'] as const;
type Cell = { readonly role: Role; readonly tenant: (typeof TENANTS)[number]; readonly owner: (typeof OWNERS)[number] };

/** What the table of roles says, worked out once more from its letters alone. */
function isAllowed(route: ApiRoute, { role, tenant, owner }: Cell): boolean {
  if (route.access === 'public') return true;
  const far = reach(role, route.access.resource, route.access.action);
  if (far === undefined) return false;
  const aboutRun = route.path.includes('_id}');
  if (aboutRun && tenant === 'away') return false;
  if (far === 'platform') return tenant === '*';
  if (!aboutRun) return true;
  if (far === 'own') return owner === 'own';
  return far === 'others' ? owner === 'others' : true;
}

describe('who may do what over HTTP', () => {
  let world: ApiWorld;
  let runOf: Record<(typeof OWNERS)[number], string>;

  beforeAll(async () => {
    const agents = [fakeAgent('worker', { work: () => ({}) })];
    world = await createApiWorld({
      ...{ agents, workflows: [workflow([task('a')], { name: 'one' })] },
      tenancy: { plans: { all: {} }, defaultPlan: 'all' },
    });
    const begin = async (sub: string): Promise<string> => {
      const sent = { body: { workflow: 'one' }, as: `operator:home:${sub}` };
      const { body } = await world.call('POST', '/api/v1/workflows', sent);
      await world.fleet.ended(body.workflow_id);
      return body.workflow_id;
    };
    // They have ended: what may be asked of them changes nothing any more.
    runOf = { own: await begin('me'), others: await begin('somebody') };
  });

  const cells = Role.options.flatMap((role) =>
    TENANTS.flatMap((tenant) => OWNERS.map((owner): Cell => ({ role, tenant, owner }))),
  );

  test.each(OPERATIONS)('%s: every role, tenant and owner, as the table says', async (operation) => {
    const route: ApiRoute = ROUTES[operation];
    const wrong: string[] = [];
    for (const cell of cells) {
      const { role, tenant, owner } = cell;
      const path = route.path.replaceAll(/\{(workflow|task|other)_id\}/g, (_, what: string) =>
        what === 'task' && route.path.includes('/workflows/') ? 'a' : runOf[owner],
      );
      const { status, body } = await world.call(
        route.method,
        path.replace('{agent}', 'worker') + (QUERIES[operation] ?? ''),
        {
          as: `${role}:${tenant}:me`,
          body: BODIES[operation],
          ...(tenant === '*' && route.scope !== 'platform' && { headers: { 'x-tenant': 'home' } }),
        },
      );
      const allowed =
        ![401, 403].includes(status) && !(status === 404 && String(body.detail).startsWith('there is no run'));
      if (allowed !== isAllowed(route, cell)) wrong.push(`${role} of ${tenant}, run of ${owner}: ${status}`);
    }
    expect(wrong).toEqual([]);
  });
});
