import { describe, expect, test } from '@jest/globals';
import { ApiProblem, createClient } from '../../../../client/client.ts';
import { fakeAgent } from '../../../../lambdas/testing/fake-agent.ts';
import { type ApiWorld, createApiWorld } from '../../../support/api/api-world.ts';
import { task, workflow } from '../../../support/factories.ts';

/** What goes over HTTP, straight to the API in this process. */
function fetchFrom({ call }: ApiWorld): typeof fetch {
  return async (url, init = {}) => {
    const { pathname, search } = new URL(String(url));
    const headers = Object.fromEntries(new Headers(init.headers));
    const { authorization: _token, ...others } = headers;
    const sent = { headers: others, ...(init.body ? { body: String(init.body) } : {}) };
    const answer = await call(init.method ?? 'GET', pathname + search, sent);
    return new Response(answer.text, { status: answer.status, headers: { ...answer.headers } });
  };
}

describe('the typed client', () => {
  test('starts, lists and reads runs, typed by the routes of the server', async () => {
    const world = await createApiWorld({
      agents: [fakeAgent('worker', { work: () => ({ done: true }) })],
      workflows: [workflow([task('a')], { name: 'one' })],
    });
    const client = createClient({ url: 'https://api.example.com/', token: 'x', fetch: fetchFrom(world) });
    const { body } = await client.startWorkflow({ body: { workflow: 'one' } });
    await world.fleet.ended(body.workflow_id);
    const params = { workflow_id: body.workflow_id };
    const result = await client.getWorkflowResult({ params });
    if (result.status !== 200) throw new Error('it has ended');
    expect(result.body.result).toEqual({ done: true });
    expect((await client.listWorkflows({ query: { limit: 1 } })).body.items).toHaveLength(1);
    expect((await client.getWorkflow({ params })).body.stages_completed).toEqual(['a']);
    expect((await client.getHealth()).body.status).toBe('ok');
    const done = await client.executeTask({
      body: { task_type: 'work', content: {} },
      headers: { 'x-request-id': 'once' },
    });
    expect(done.body.data?.result).toEqual({ done: true });
  });

  test('throws what the API says is wrong, also from inside of an envelope', async () => {
    const world = await createApiWorld({ agents: [fakeAgent('worker', { work: () => ({}) })] });
    const client = createClient({ url: 'https://api.example.com', fetch: fetchFrom(world) });
    const missing = client.getWorkflow({ params: { workflow_id: `run_${'0'.repeat(40)}` } });
    await expect(missing).rejects.toMatchObject({ name: 'ApiProblem', status: 404, problem: { code: 'not_found' } });
    const unknown = client.executeTask({ body: { task_type: 'nothing', content: {} } });
    await expect(unknown).rejects.toBeInstanceOf(ApiProblem);
    await expect(unknown).rejects.toMatchObject({ problem: { code: 'unknown_task_type' } });
  });

  test('sends a request again that met a service that did not answer, under the same id', async () => {
    const seen: string[] = [];
    const fetched: typeof fetch = async (_url, init = {}) => {
      seen.push(new Headers(init.headers).get('x-request-id') ?? '');
      if (seen.length === 1) return new Response('{}', { status: 503, headers: { 'retry-after': '0' } });
      return new Response('{"status":"ok","time":"2026-01-01T00:00:00.000Z"}', { status: 200 });
    };
    const client = createClient({ url: 'https://api.example.com', fetch: fetched });
    expect((await client.getHealth()).status).toBe(200);
    expect(new Set(seen).size).toBe(1);
    const never: typeof fetch = async () => new Response('{}', { status: 503, headers: { 'retry-after': '0' } });
    await expect(createClient({ url: 'https://x', fetch: never, retries: 1 }).getHealth()).rejects.toMatchObject({
      status: 503,
    });
  });
});
