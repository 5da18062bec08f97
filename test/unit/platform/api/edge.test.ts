import { describe, expect, test } from '@jest/globals';
import { Problem } from '../../../../lambdas/contracts/api/problem.ts';
import { OPERATIONS, ROUTES } from '../../../../lambdas/contracts/api/routes.ts';
import { fakeAgent } from '../../../../lambdas/testing/fake-agent.ts';
import { createApiWorld, PLATFORM_ADMIN } from '../../../support/api/api-world.ts';
import { task, workflow } from '../../../support/factories.ts';

const WORKFLOWS = '/api/v1/workflows';
const RUN = `run_${'0'.repeat(40)}`;
const agents = [fakeAgent('worker', { work: () => ({ done: true }) })];
const world = (more = {}) => createApiWorld({ agents, workflows: [workflow([task('a')], { name: 'one' })], ...more });

/** What a problem is told as, besides what it says. */
function expectProblem({ body, headers, status }: { body: unknown; headers: object; status: number }, code: string) {
  expect(headers).toMatchObject({ 'content-type': 'application/problem+json' });
  expect(Problem.parse(body)).toMatchObject({ status, code });
}

describe('the edge of the API', () => {
  test.each([
    ['no JSON', '{"workflow": ', 'malformed_json'],
    ['bytes that are no UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'not_utf8'],
    ['a NUL', '{"workflow":"one","input":{"a":"b\\u0000"}}', 'nul_character'],
    ['__proto__', '{"workflow":"one","input":{"__proto__":{"admin":true}}}', 'forbidden_name'],
    ['__proto__, spelled otherwise', '{"workflow":"one","input":{"\\u005f_proto__":1}}', 'forbidden_name'],
    ['nesting without end', `{"workflow":"one","input":{"a":${'['.repeat(40)}${']'.repeat(40)}}}`, 'too_deep'],
    ['a number that is no number', '{"workflow":"one","input":{"a":1e999}}', 'number_too_large'],
    ['a number that would lose digits', '{"workflow":"one","input":{"a":12345678901234567890}}', 'number_too_large'],
  ])('refuses %s with its reason, and notes it', async (_, body, code) => {
    const { call, audited } = await world();
    const answer = await call('POST', WORKFLOWS, { body });
    expect(answer.status).toBe(400);
    expectProblem(answer, code);
    expect(audited).toContainEqual(
      expect.objectContaining({ event: expect.objectContaining({ kind: 'request_refused', code }) }),
    );
  });

  test('takes a body of 256 KiB at most, whatever its header says of it', async () => {
    const { call } = await world();
    const large = { workflow: 'one', input: { text: 'x'.repeat(256 * 1_024) } };
    expectProblem(await call('POST', WORKFLOWS, { body: large }), 'too_large');
    const declared = { 'content-length': String(300_000) };
    expectProblem(await call('POST', WORKFLOWS, { body: { workflow: 'one' }, headers: declared }), 'too_large');
    expectProblem(await call('GET', `${WORKFLOWS}?cursor=${'x'.repeat(5_000)}`), 'too_large');
  });

  test('takes JSON alone', async () => {
    const { call } = await world();
    const xml = await call('POST', WORKFLOWS, { body: '<a/>', headers: { 'content-type': 'text/xml' } });
    expectProblem(xml, 'unsupported_media_type');
    const gzip = { 'content-encoding': 'gzip', 'content-type': 'application/json' };
    expectProblem(await call('POST', WORKFLOWS, { body: '{}', headers: gzip }), 'unsupported_media_type');
  });

  test('names every field that is wrong', async () => {
    const { call } = await world();
    const answer = await call('POST', WORKFLOWS, { body: { workflow: 'ONE', input: [], extra: true } });
    expectProblem(answer, 'invalid_request');
    const fields = answer.body.errors.map(({ field }: { field: string }) => field);
    expect(fields).toEqual(expect.arrayContaining(['body.workflow', 'body.input']));
    expect((await call('GET', `${WORKFLOWS}?limit=0`)).body.errors[0].field).toBe('query.limit');
    expect((await call('GET', `${WORKFLOWS}?limits=3`)).body.errors[0].field).toBe('query.limits');
    expect((await call('GET', `${WORKFLOWS}?limit=3&limit=4`)).body.errors[0].reason).toBe('is said twice');
    expect((await call('GET', `${WORKFLOWS}/run_1`)).body.errors[0].field).toBe('params.workflow_id');
  });

  test('says which methods a path knows, and that there is no such path', async () => {
    const { call } = await world();
    const wrong = await call('DELETE', WORKFLOWS);
    expectProblem(wrong, 'method_not_allowed');
    expect(wrong.headers.allow?.split(', ').sort()).toEqual(['GET', 'POST']);
    expectProblem(await call('GET', '/api/v2/workflows'), 'not_found');
    expectProblem(await call('GET', `${WORKFLOWS}/`), 'not_found');
    expectProblem(await call('GET', `${WORKFLOWS}/%zz`), 'malformed_request');
    expectProblem(await call('GET', `${WORKFLOWS}/%00`), 'malformed_request');
  });

  test('carries security headers and the id of the request on every answer', async () => {
    const { call } = await world();
    for (const answer of [
      await call('GET', '/api/v1/health'),
      await call('GET', '/nowhere'),
      await call('GET', WORKFLOWS, { as: '' }),
    ])
      expect(answer.headers).toMatchObject({
        'strict-transport-security': expect.stringContaining('max-age'),
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
        'x-request-id': expect.any(String),
      });
    expect((await call('GET', '/nowhere', { headers: { 'x-request-id': 'mine' } })).headers['x-request-id']).toBe(
      'mine',
    );
    expect((await call('GET', '/nowhere', { headers: { 'x-request-id': 'a b' } })).headers['x-request-id']).not.toBe(
      'a b',
    );
  });

  test('is closed to the pages of all origins, but for those that are named', async () => {
    const page = { origin: 'https://console.example.com' };
    const closed = await world();
    const answers = [
      await closed.call('GET', WORKFLOWS, { headers: page }),
      await closed.call('OPTIONS', WORKFLOWS, { headers: page }),
    ];
    for (const { headers } of answers) expect(headers).not.toHaveProperty('access-control-allow-origin');
    const { call } = await world({ corsOrigins: [page.origin] });
    const preflight = await call('OPTIONS', WORKFLOWS, { headers: page });
    expect(preflight).toMatchObject({ status: 204, headers: { 'access-control-allow-origin': page.origin } });
    expect(preflight.headers['access-control-allow-methods']).toContain('POST');
    const other = await call('OPTIONS', WORKFLOWS, { headers: { origin: 'https://evil.example.com' } });
    expect(other.headers).not.toHaveProperty('access-control-allow-origin');
    expect((await call('GET', WORKFLOWS, { headers: page })).headers).not.toHaveProperty(
      'access-control-allow-credentials',
    );
  });

  test('asks everybody for a token but where that is said otherwise', async () => {
    const { call } = await world();
    for (const operation of OPERATIONS) {
      const { method, path, access } = ROUTES[operation];
      const filled = path.replaceAll(/\{\w+_id\}/g, RUN).replaceAll(/\{\w+\}/g, 'worker');
      // From an address of its own: who fails often is asked to wait.
      const answer = await call(method, filled, { as: '', source: operation });
      expect([operation, answer.status === 401]).toEqual([operation, access !== 'public']);
      if (answer.status === 401) expect(answer.headers['www-authenticate']).toContain('Bearer');
    }
  });

  test('slows down who guesses tokens, and not those behind the same address', async () => {
    const { call } = await world();
    expect((await call('GET', WORKFLOWS)).status).toBe(200);
    for (let guess = 0; guess < 20; guess += 1)
      expect((await call('GET', WORKFLOWS, { as: `x${guess}` })).status).toBe(401);
    const stopped = await call('GET', WORKFLOWS, { as: 'x21' });
    expectProblem(stopped, 'rate_limited');
    expect(Number(stopped.headers['retry-after'])).toBeGreaterThan(0);
    expect((await call('GET', WORKFLOWS)).status).toBe(200);
    expect((await call('GET', WORKFLOWS, { as: 'x22', source: '192.0.2.2' })).status).toBe(401);
  });

  test('answers 429 with Retry-After when a tenant asks too often, and others go on', async () => {
    const tenancy = { plans: { small: { requestsPerSecond: 2, burst: 4 } }, defaultPlan: 'small' };
    const { call, audited } = await world({ tenancy });
    const statuses: number[] = [];
    for (let one = 0; one < 6; one += 1) statuses.push((await call('GET', WORKFLOWS)).status);
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(4);
    const stopped = await call('GET', WORKFLOWS);
    expectProblem(stopped, 'rate_limited');
    expect(Number(stopped.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await call('GET', WORKFLOWS, { as: 'operator:other:bob' })).status).toBe(200);
    expect(audited).toContainEqual(
      expect.objectContaining({ event: expect.objectContaining({ kind: 'rate_limited' }) }),
    );
  });

  test('tells nothing of what went wrong inside', async () => {
    const list = async () => {
      throw new Error('password=hunter2 at /var/task/index.mjs:1:2');
    };
    const { call } = await createApiWorld({ agents, ports: { runs: { get: list, list, correlated: list } } });
    const answer = await call('GET', WORKFLOWS);
    expectProblem(answer, 'internal_error');
    expect(answer.text).not.toMatch(/hunter2|index\.mjs/);
  });

  test('says so when an answer is larger than HTTP can carry', async () => {
    const correlated = async () => [];
    const one = { runId: RUN, tenant: 'default', requestId: 'r', correlationId: 'c', version: 1, requestDigest: '' };
    const list = async () => [
      { ...one, workflow: 'x'.repeat(6_000_000), status: 'completed' as const, requestedAt: 0 },
    ];
    const { call } = await createApiWorld({
      agents,
      ports: { runs: { get: async () => undefined, list, correlated } },
    });
    expectProblem(await call('GET', WORKFLOWS), 'answer_too_large');
  });

  test('wants a token of the platform to name the tenant, and lets no other name one', async () => {
    const { call } = await world();
    expectProblem(await call('GET', WORKFLOWS, { as: PLATFORM_ADMIN }), 'invalid_request');
    const named = await call('GET', WORKFLOWS, { as: PLATFORM_ADMIN, headers: { 'x-tenant': 'default' } });
    expect(named.status).toBe(200);
    const own = { 'x-tenant': 'default' };
    expect((await call('GET', WORKFLOWS, { headers: own })).status).toBe(200);
    expectProblem(await call('GET', WORKFLOWS, { headers: { 'x-tenant': 'other' } }), 'not_found');
  });
});
