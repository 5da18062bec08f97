import { describe, expect, test } from '@jest/globals';
import type { ApiRoute } from '../../../../lambdas/contracts/api/route.ts';
import { OPERATIONS, ROUTES } from '../../../../lambdas/contracts/api/routes.ts';
import { fakeAgent } from '../../../../lambdas/testing/fake-agent.ts';
import { createApiWorld } from '../../../support/api/api-world.ts';
import { task, workflow } from '../../../support/factories.ts';

/** What a client would like to be. */
const CLAIMED = { tenant: 'rival', roles: ['admin'], role: 'admin', sub: 'root', requested_by: 'root', by: 'root' };
const NAMES = Object.keys(CLAIMED);

const world = () =>
  createApiWorld({
    agents: [fakeAgent('worker', { work: () => ({}) })],
    workflows: [workflow([task('a')], { name: 'one' })],
  });

describe('who asks', () => {
  const routes = OPERATIONS.map((operation): [string, ApiRoute] => [operation, ROUTES[operation]]);

  test.each(routes.filter(([, { body }]) => body !== undefined))(
    'is nothing that the body of %s may say: every such field is refused by its name',
    (_, { body }) => {
      const issues = body?.safeParse(CLAIMED).error?.issues ?? [];
      const refused = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []));
      expect(refused).toEqual(expect.arrayContaining(NAMES));
    },
  );

  test('is nothing that a query may say', () => {
    const said = routes.flatMap(([name, { query }]) => Object.keys(query?.shape ?? {}).map((key) => ({ name, key })));
    expect(said.length).toBeGreaterThan(10);
    expect(said.filter(({ key }) => NAMES.includes(key))).toEqual([]);
  });

  test.each([
    ['/api/v1/workflows', { workflow: 'one', tenant: 'rival' }],
    ['/api/v1/agents/execute', { task_type: 'work', content: {}, roles: ['admin'] }],
  ])('makes %s answer 400 when a body says it, and nothing begins', async (path, body) => {
    const { call, fleet } = await world();
    const answer = await call('POST', path, { body });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(Object.keys(body).at(-1));
    expect(await fleet.platform.world.runs.list('default', 10)).toEqual([]);
    expect(await fleet.platform.world.runs.list('rival', 10)).toEqual([]);
  });

  test('is whom the token names, whatever what they want worked on says', async () => {
    const { call, fleet } = await world();
    const { body } = await call('POST', '/api/v1/workflows', {
      as: 'operator:acme:ann',
      body: { workflow: 'one', input: CLAIMED },
    });
    expect(await fleet.platform.world.runs.get(body.workflow_id)).toMatchObject({ tenant: 'acme', requestedBy: 'ann' });
  });
});
