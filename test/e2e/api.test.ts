import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { apiUrlOf } from '../../bin/cloud/api-url.ts';
import { type Client, createClient } from '../../client/client.ts';
import { openApiDocument } from '../../lambdas/contracts/api/open-api.ts';
import type { ApiRoute } from '../../lambdas/contracts/api/route.ts';
import { OPERATIONS, ROUTES } from '../../lambdas/contracts/api/routes.ts';
import { DEFAULT_TENANT } from '../../lambdas/contracts/names.ts';
import { muster } from '../support/local-cloud/muster.ts';
import { ProbeRuns } from '../support/probe/probe-runs.ts';

let probe: ProbeRuns;
let url: string;
let token: string;
let client: Client;

const tokenFor = async (role: string, ...more: string[]): Promise<string> =>
  (await muster('token', '--role', role, '--as', 'ann', ...more)).trim();

beforeAll(async () => {
  probe = await ProbeRuns.listeningTo('workflow_completed');
  url = apiUrlOf(probe.cloud.session.target) ?? '';
  token = await tokenFor('operator');
  client = createClient({ url, token });
});
afterAll(() => probe?.close());

const send = (path: string, init: RequestInit = {}, shown: string | undefined = token): Promise<Response> =>
  fetch(url + path, {
    ...init,
    headers: {
      'content-type': 'application/json',
      ...(shown !== undefined && { authorization: `Bearer ${shown}` }),
      ...Object.fromEntries(new Headers(init.headers)),
    },
  });

describe('the HTTP API on the local cloud', () => {
  test("executes a task in the seed documents' shape, once for each request id", async () => {
    const body = {
      ...{ task_type: 'probe.noop', content: { n: 1 }, priority: 'high', timeout: 20 },
      metadata: { source: 'e2e', user_id: 'u-1', session_id: 's-1' },
    };
    const headers = { 'X-Request-ID': randomUUID(), 'X-Agent-Preference': 'probe-worker' };
    const answers = [];
    for (let times = 0; times < 2; times += 1) {
      const response = await send('/api/v1/agents/execute', { method: 'POST', headers, body: JSON.stringify(body) });
      expect(response.status).toBe(200);
      answers.push(await response.json());
    }
    expect(answers[0]).toEqual({
      status: 200,
      data: {
        task_id: expect.stringMatching(/^run_/),
        result: expect.any(Object),
        agent_info: { name: 'probe-worker', version: expect.any(String), processing_time: expect.any(Number) },
        metadata: { timestamp: expect.any(String), model_used: null, tokens_used: 0 },
      },
      error: null,
    });
    expect(answers[1]).toEqual(answers[0]);
    const other = { method: 'POST', headers, body: JSON.stringify({ ...body, content: { n: 2 } }) };
    expect((await send('/api/v1/agents/execute', other)).status).toBe(409);
  });

  test('takes a workflow from its start to its result, and tells what happened', async () => {
    const definition = {
      name: 'probe.own',
      tasks: [
        { id: 'a', type: 'probe.noop' },
        { id: 'b', type: 'probe.noop', dependsOn: ['a'] },
      ],
    };
    const { body } = await client.startWorkflow({ body: { workflow: 'probe.own', definition } });
    const params = { workflow_id: body.workflow_id };
    await probe.ended(body.workflow_id);
    expect((await client.getWorkflow({ params })).body).toMatchObject({
      status: 'completed',
      stages_completed: ['a', 'b'],
    });
    const events = await client.listWorkflowEvents({ params });
    expect(events.body.items.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['run_started', 'run_completed']),
    );
    expect((await client.listTasks({ params })).body.items).toMatchObject([
      { agent: 'probe-worker' },
      { task_id: 'b' },
    ]);
    const correlation_id = (await client.getWorkflow({ params })).body.correlation_id;
    const messages = await client.listMessages({ query: { correlation_id } });
    expect(messages.body.items).toContainEqual(
      expect.objectContaining({ type: 'task_assignment', sender: 'coordinator' }),
    );
    expect((await client.listWorkflows({ query: { limit: 1 } })).body.items).toHaveLength(1);
  });

  test('answers a request that the intake turns away with the reason that the intake gives', async () => {
    const definition = { name: 'probe.own', tasks: [{ id: 'a', type: 'probe.noop', input: '{% $input. %}' }] };
    const refused = client.startWorkflow({ body: { workflow: 'probe.own', definition } });
    await expect(refused).rejects.toMatchObject({ status: 422 });
  });

  test('pauses, resumes and cancels a run that waits', async () => {
    const run = await probe.start([{ id: 'wait', waitFor: { event: 'go' } }]);
    await probe.until(run, ({ status }) => status === 'running');
    const params = { workflow_id: run };
    expect((await client.pauseWorkflow({ params, body: {} })).body).toMatchObject({ status: 'paused' });
    expect((await client.resumeWorkflow({ params, body: {} })).body).toMatchObject({ status: 'running' });
    await client.cancelWorkflow({ params, body: { reason: 'enough' } });
    expect((await probe.ended(run)).status).toBe('cancelled');
  });

  test('has an answer to everything that can be looked at, for whoever runs the platform', async () => {
    const platform = await tokenFor('admin', '--tenant', '*');
    const headers = { 'X-Tenant': DEFAULT_TENANT };
    const body = JSON.stringify({ task_type: 'probe.noop', content: {} });
    const executed = await send('/api/v1/agents/execute', { method: 'POST', headers, body }, platform);
    const run = z.object({ data: z.object({ task_id: z.string() }) }).parse(await executed.json()).data.task_id;
    const { items } = (await client.listTasks({ params: { workflow_id: run } })).body;
    const names = { workflow_id: run, other_id: run, agent: 'probe-worker', tenant: DEFAULT_TENANT };
    const answers: Array<readonly [string, number]> = [];
    const reads = OPERATIONS.filter((operation) => ROUTES[operation].method === 'GET');
    for (const operation of reads) {
      const route: ApiRoute = ROUTES[operation];
      const task_id = route.path.startsWith('/api/v1/tasks/') ? run : (items[0]?.task_id ?? '');
      const known: Readonly<Record<string, string>> = { ...names, task_id };
      const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => known[name] ?? name);
      const query = operation === 'listMessages' ? `?correlation_id=${run}` : '';
      const of = route.scope === 'platform' ? {} : { headers };
      const response = await send(path + query, of, platform);
      answers.push([operation, response.status]);
      const answer: unknown = await response.json();
      if (response.status === 200) route.answers[200]?.body.parse(answer);
    }
    expect(answers).toEqual(reads.map((operation) => [operation, 200]));
  });

  test('has a question answered by somebody else than who asked for the run', async () => {
    const tasks = [
      { id: 'ok', ask: { question: 'Go on?', to: 'the desk' } },
      { id: 'next', type: 'probe.noop', dependsOn: ['ok'] },
    ];
    const run = (
      await client.startWorkflow({
        body: { workflow: 'probe.asks', definition: { name: 'probe.asks', lifecycle: 'queue', tasks } },
      })
    ).body.workflow_id;
    const params = { workflow_id: run };
    await probe.task(run, 'ok', ({ status }) => status === 'suspended');
    const [question] = (await client.listDecisions({ query: { workflow_id: run } })).body.items;
    expect(question).toMatchObject({ task_id: 'ok', question: 'Go on?', options: ['approve', 'reject'] });
    const answer = { params, body: { task_id: 'ok', decision: 'approve', digest: question?.digest } };
    const own = createClient({ url, token: await tokenFor('operator', '--role', 'approver') });
    await expect(own.decide(answer)).rejects.toMatchObject({ status: 403, problem: { code: 'self_approval' } });
    const bob = (await muster('token', '--role', 'approver', '--as', 'bob')).trim();
    await createClient({ url, token: bob }).decide(answer);
    expect((await probe.ended(run)).status).toBe('completed');
    const fork = (await client.forkWorkflow({ params, body: { at: 1 } })).body.workflow_id;
    expect(fork).not.toBe(run);
    await probe.task(fork, 'ok', ({ status }) => status === 'suspended');
    await client.cancelWorkflow({ params: { workflow_id: fork }, body: {} });
    expect((await probe.ended(fork)).status).toBe('cancelled');
  });

  test('finds what agents remember, and keeps what is written of a tenant', async () => {
    const word = `w${randomUUID().slice(0, 8)}`;
    const entries = [{ text: `${word} is a word`, subject: 'ann' }];
    await probe.run([{ id: 'kept', type: 'probe.remember', input: { pool: 'facts', entries } }]);
    const found = await client.searchMemory({ body: { text: word } });
    expect(JSON.stringify(found.body.entries)).toContain(word);
    const platform = createClient({ url, token: await tokenFor('admin', '--tenant', '*') });
    const tenant = `api-${randomUUID().slice(0, 8)}`;
    const set = await platform.setTenant({ params: { tenant }, body: { plan: 'free', limits: { openRuns: 1 } } });
    expect(set.body).toMatchObject({ plan: 'free', limits: { openRuns: 1 }, recorded: true });
    await expect(client.setTenant({ params: { tenant }, body: { plan: 'free' } })).rejects.toMatchObject({
      status: 403,
    });
  });

  test('turns away who asks too often, and says when to come again', async () => {
    const tenant = `hasty-${randomUUID().slice(0, 8)}`;
    await muster('tenants', 'set', tenant, '--plan', 'free', '--limit', 'requestsPerSecond=1', '--limit', 'burst=1');
    const hasty = await tokenFor('viewer', '--tenant', tenant);
    const all = await Promise.all(Array.from({ length: 20 }, () => send('/api/v1/workflows', {}, hasty)));
    const refused = all.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    // Its neighbours notice nothing.
    expect((await send('/api/v1/workflows')).status).toBe(200);
  });

  test('shows another tenant nothing, and asks everybody for a token', async () => {
    const { body } = await client.executeTask({ body: { task_type: 'probe.noop', content: {} } });
    const stranger = await tokenFor('admin', '--tenant', 'acme');
    expect((await send(`/api/v1/workflows/${body.data?.task_id}`, {}, stranger)).status).toBe(404);
    expect((await send('/api/v1/workflows', {}, 'nonsense')).status).toBe(401);
    expect((await fetch(`${url}/api/v1/workflows`)).status).toBe(401);
    const mine = (await (await send('/api/v1/workflows', {}, stranger)).json()) as { items: unknown[] };
    expect(mine.items).toEqual([]);
  });

  test('tells about itself to everybody, and refuses what no honest client sends', async () => {
    expect(await (await fetch(`${url}/openapi.json`)).json()).toEqual(openApiDocument());
    expect(((await (await fetch(`${url}/.well-known/jwks.json`)).json()) as { keys: unknown[] }).keys).not.toEqual([]);
    const large = await send('/api/v1/workflows', {
      method: 'POST',
      body: JSON.stringify({ workflow: 'x'.repeat(300_000) }),
    });
    expect(large.status).toBe(413);
    const proto = await send('/api/v1/workflows', { method: 'POST', body: '{"workflow":"a","input":{"__proto__":1}}' });
    expect(proto.status).toBe(400);
    expect(proto.headers.get('content-type')).toBe('application/problem+json');
    expect(proto.headers.get('x-content-type-options')).toBe('nosniff');
    const broken = await send('/api/v1/workflows', {
      method: 'POST',
      body: new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]),
    });
    expect(broken.status).toBe(400);
  });
});
