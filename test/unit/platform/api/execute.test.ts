import { describe, expect, test } from '@jest/globals';
import { ExecuteResponse } from '../../../../lambdas/contracts/api/execute.ts';
import { DataError, SystemError } from '../../../../lambdas/contracts/errors.ts';
import type { JsonObject } from '../../../../lambdas/contracts/json.ts';
import { fakeAgent, sleep } from '../../../../lambdas/testing/fake-agent.ts';
import { createApiWorld, type SentRequest } from '../../../support/api/api-world.ts';

const EXECUTE = '/api/v1/agents/execute';
/** As in the seed documents' "HTTP API Communication". */
const REQUEST = {
  task_type: 'text.count',
  content: { text: 'four words are here' },
  priority: 'high',
  timeout: 30,
  metadata: { source: 'web', user_id: 'u-17', session_id: 's-4' },
};
const HEADERS = {
  'content-type': 'application/json',
  'x-request-id': '5f7a0a3e-3d0f-4a52-9a53-6e9f3f6f1c11',
  'x-agent-preference': 'counter',
};

const counter = (name = 'counter') =>
  fakeAgent(
    name,
    {
      'text.count': async (input, ctx) => {
        await sleep(ctx, 250);
        const { text } = input as { text: string };
        return { words: text.split(' ').length, by: name };
      },
      'text.length': (input) => JSON.stringify(input).length,
    },
    { version: '2.1.0' },
  );
const troubled = fakeAgent(
  'troubled',
  {
    'bad.input': () => {
      throw new DataError('no_such_column', 'there is no column "dya"; did you mean "day"?');
    },
    'bad.service': () => {
      throw new SystemError('mailer_down', 'smtp://bot:hunter2-secret@mail.example does not answer');
    },
    'too.slow': async (_, ctx) => {
      await sleep(ctx, 600_000);
    },
    'takes.long': async (_, ctx) => {
      await sleep(ctx, 40_000);
      return { late: true };
    },
  },
  { timeoutSeconds: 120 },
);

const world = () => createApiWorld({ agents: [counter(), counter('other'), troubled] });
const post = (body: unknown, sent: SentRequest = {}): ['POST', string, SentRequest] => [
  'POST',
  EXECUTE,
  { body, ...sent },
];

describe('POST /api/v1/agents/execute', () => {
  test("takes the seed's request and answers in the seed's shape", async () => {
    const { call } = await world();
    const answer = await call(...post(REQUEST, { headers: HEADERS }));
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      status: 200,
      data: {
        task_id: expect.stringMatching(/^run_[0-9a-f]{40}$/),
        result: { words: 4, by: 'counter' },
        agent_info: { name: 'counter', version: '2.1.0', processing_time: 0.25 },
        metadata: { timestamp: expect.stringMatching(/^2026-01-01T00:00:/), model_used: null, tokens_used: 0 },
      },
      error: null,
    });
    expect(Object.keys(answer.body)).toEqual(['status', 'data', 'error']);
    expect(answer.headers['x-request-id']).toBe(HEADERS['x-request-id']);
  });

  test('gives the agent the content and nothing else, and evaluates nothing in it', async () => {
    const seen: unknown[] = [];
    const spy = fakeAgent('spy', { look: (input) => void seen.push(input) });
    const { call } = await createApiWorld({ agents: [spy] });
    const content = { text: '{% $input.metadata.user_id %}', nested: { list: ['{% 1 + 1 %}'] } };
    const answer = await call(...post({ ...REQUEST, task_type: 'look', content }));
    expect(answer.status).toBe(200);
    expect(seen).toEqual([content]);
    expect(answer.body.data.result).toEqual({ value: null });
  });

  test('works with what is needed alone, and wraps a result that is no object', async () => {
    const { call } = await world();
    const answer = await call(...post({ task_type: 'text.length', content: {} }));
    expect(answer.body).toMatchObject({ status: 200, data: { result: { value: 2 } } });
  });

  test('runs the same request once, however often it comes, and refuses another under its id', async () => {
    const { call, fleet } = await world();
    const first = await call(...post(REQUEST, { headers: HEADERS }));
    const again = await call(...post(REQUEST, { headers: HEADERS }));
    expect(again.body.data).toEqual(first.body.data);
    expect(fleet.events.filter(({ name }) => name === 'workflow_completed')).toHaveLength(1);
    const other = await call(...post({ ...REQUEST, timeout: 31 }, { headers: HEADERS }));
    expect(other.status).toBe(409);
    expect(other.body).toMatchObject({ data: null, error: { code: 'request_id_reused', status: 409 } });
    const keyed = await call(...post(REQUEST, { headers: { 'idempotency-key': HEADERS['x-request-id'] } }));
    expect(keyed.status).toBe(409);
  });

  test('takes the preferred agent if it can do the task and is healthy', async () => {
    const { call, fleet } = await world();
    const by = async (preferred: string, request: JsonObject = REQUEST) => {
      const answer = await call(...post(request, { headers: { 'x-agent-preference': preferred } }));
      return answer.body.data?.agent_info?.name;
    };
    expect(await by('other')).toBe('other');
    expect(await by('counter')).toBe('counter');
    // It can't do this: another one does it.
    expect(['counter', 'other']).toContain(await by('troubled'));
    const { registry } = fleet.platform.world;
    await registry.recordHealth('other', {
      ...{ agent_id: 'other', state: 'maintenance', is_healthy: false, issues: [] },
      since: fleet.platform.clock.now(),
    });
    expect(await by('other')).toBe('counter');
  });

  test('says which agents there are when it is asked for one that there is not', async () => {
    const { call } = await world();
    const answer = await call(...post(REQUEST, { headers: { 'x-agent-preference': 'conter' } }));
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      status: 400,
      data: null,
      error: {
        type: 'urn:muster:problem:unknown-agent',
        title: 'There is no such agent',
        status: 400,
        code: 'unknown_agent',
        detail: expect.stringContaining('did you mean'),
        instance: expect.stringMatching(/^urn:request:/),
        agents: ['counter', 'other', 'troubled'],
      },
    });
  });

  test('says which kinds of tasks there are', async () => {
    const { call } = await world();
    const answer = await call(...post({ ...REQUEST, task_type: 'text.cout' }));
    expect(answer.body).toMatchObject({ status: 422, error: { code: 'unknown_task_type' } });
    expect(answer.body.error.detail).toContain('"text.count"');
  });

  test('says after 25 seconds where to look, and the result is there', async () => {
    const { call, fleet } = await world();
    const began = fleet.platform.clock.now();
    const answer = await call(...post({ task_type: 'takes.long', content: {}, timeout: 600 }));
    expect(fleet.platform.clock.now() - began).toBe(25_000);
    expect(answer.status).toBe(202);
    const { task_id, links, result, agent_info } = answer.body.data;
    expect({ result, agent_info, error: answer.body.error }).toEqual({ result: null, agent_info: null, error: null });
    expect(answer.headers).toMatchObject({ location: links.task, 'retry-after': '2' });
    await fleet.ended(task_id);
    const task = await call('GET', links.task);
    expect(task.body).toMatchObject({ status: 'completed', result: { late: true }, agent: 'troubled' });
    expect((await call('GET', links.status)).body.status).toBe('completed');
  });

  test('waits no longer than its timeout', async () => {
    const { call, fleet } = await world();
    const began = fleet.platform.clock.now();
    const answer = await call(...post({ task_type: 'too.slow', content: {}, timeout: 5 }));
    expect(fleet.platform.clock.now() - began).toBeLessThanOrEqual(5_000);
    expect([202, 504]).toContain(answer.status);
    await fleet.advance(60_000);
    const headers = { 'x-request-id': answer.headers['x-request-id'] ?? '' };
    const later = await call(...post({ task_type: 'too.slow', content: {}, timeout: 5 }, { headers }));
    expect(later.body).toMatchObject({ status: 504, data: null, error: { title: 'There was no answer in time' } });
  });

  test('tells failures inside its envelope, each with its own status, and no secrets', async () => {
    const { call } = await world();
    const data = await call(...post({ task_type: 'bad.input', content: {} }));
    expect(data.body).toMatchObject({ status: 422, data: null, error: { code: 'no_such_column' } });
    expect(data.body.error.workflow_id).toMatch(/^run_/);
    expect(data.body.error.detail).toContain('did you mean "day"');
    const system = await call(...post({ task_type: 'bad.service', content: {}, timeout: 20 }));
    expect(system.text).not.toContain('hunter2');
  });

  test.each([
    ['no body', undefined, 400],
    ['a tenant in the body', { ...REQUEST, tenant: 'other' }, 400],
    ['roles in the body', { ...REQUEST, roles: ['admin'] }, 400],
    ['a priority of its own', { ...REQUEST, priority: 'urgent' }, 400],
    ['no content', { task_type: 'text.count' }, 400],
    ['a timeout of no whole seconds', { ...REQUEST, timeout: 1.5 }, 400],
  ])('refuses %s, and says so in its envelope', async (_, body, status) => {
    const { call } = await world();
    const answer = await call(...post(body));
    expect(answer.status).toBe(status);
    expect(ExecuteResponse.parse(answer.body)).toMatchObject({ status, data: null, error: { status } });
  });

  test.each([
    ['nobody', '', 401],
    ['a viewer', 'viewer:default:vic', 403],
    ['an approver', 'approver:default:app', 403],
  ])('lets %s not do it, and says so in its envelope', async (_, as, status) => {
    const { call, fleet } = await world();
    const answer = await call(...post(REQUEST, { as }));
    expect(answer.status).toBe(status);
    expect(ExecuteResponse.parse(answer.body)).toMatchObject({ status, data: null, error: { status } });
    expect(fleet.events).toEqual([]);
  });
});
