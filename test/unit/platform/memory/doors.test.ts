import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { memoryDoor } from '../../../../lambdas/adapters/aws/memory-door.ts';
import type { JsonObject } from '../../../../lambdas/contracts/json.ts';
import { MemoryPass } from '../../../../lambdas/contracts/memory-pass.ts';
import { callerOf } from '../../../../lambdas/platform/memory/caller-of.ts';
import { type MemoryFleet, memoryFleet } from './support/memory-fleet.ts';

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:Memory';

describe('who calls', () => {
  test.each([
    ['agent-etl-loader', { agent: 'etl-loader' }],
    ['people', 'people'],
    ['agent-', undefined],
    ['agent-UPPER', undefined],
    ['$LATEST', undefined],
    ['7', undefined],
  ])('through %s is told by the door', (door, caller) => {
    expect(callerOf(`${ARN}:${door}`)).toEqual(caller);
  });

  test('through none is the schedule', () => {
    expect(callerOf(ARN)).toBe('schedule');
  });

  test('through a door that is nobody’s is refused', async () => {
    const { fleet } = await memoryFleet({ keeper: { own: 'read-write' } });
    const { createMemory } = await import('../../../../lambdas/platform/memory/memory.ts');
    const reply = await createMemory(fleet.platform.memory.ports)(undefined, {});
    expect(reply).toMatchObject({ error: { code: 'memory_not_permitted' } });
    fleet.stop();
  });

  describe('and speaks of a task', () => {
    const task = { agent: 'keeper', runId: `run_${'1'.repeat(40)}`, taskId: 'a' };
    const notes = { op: 'notes' };
    let memories: MemoryFleet;
    beforeAll(async () => {
      memories = await memoryFleet({ keeper: { own: 'read-write' }, other: { own: 'read-write' } });
    });
    afterAll(() => memories.fleet.stop());
    const call = (agent: string, request: JsonObject) => memories.fleet.platform.memory.call({ agent }, request);

    test('is let in with the pass that it was handed for it', async () => {
      expect(await call('keeper', await memories.request(task, notes))).toEqual({ answer: {} });
    });

    test.each([
      ['of another run', { ...task, runId: `run_${'2'.repeat(40)}` }],
      ['of another task', { ...task, taskId: 'b' }],
      ['of another agent', { ...task, agent: 'other' }],
    ])('is refused with the pass %s', async (_, holder) => {
      const { pass = null } = await memories.request(holder, notes);
      const reply = await call('keeper', { ...(await memories.request(task, notes)), pass });
      expect(reply).toMatchObject({
        error: { code: 'memory_not_permitted', message: expect.stringContaining('has no task a of run run_1111') },
      });
    });

    test.each([
      ['names another tenant', { tenant: 'acme' }],
      ['lasts longer', { until: 9e12 }],
      ['is signed by nobody', { signature: '' }],
    ])('is refused with a pass that was changed: it %s', async (_, change) => {
      const { pass, ...request } = await memories.request(task, notes);
      const changed = { ...MemoryPass.parse(pass), ...change };
      expect(await call('keeper', { ...request, pass: changed })).toMatchObject({
        error: { code: 'memory_not_permitted' },
      });
    });

    test('is refused when the attempt is over', async () => {
      const request = await memories.request(task, notes);
      await memories.fleet.advance(300_000);
      expect(await call('keeper', request)).toMatchObject({ error: { code: 'memory_not_permitted' } });
    });

    test('is refused without any pass', async () => {
      const { pass, ...request } = await memories.request(task, notes);
      expect(await call('keeper', request)).toMatchObject({ error: { code: 'memory_request_invalid' } });
    });
  });
});

describe('the door of an agent', () => {
  let server: Server | undefined;
  afterEach(() => void server?.close());

  async function lambda(answers: ReadonlyArray<{ status: number; body: unknown; failed?: boolean }>) {
    const asked: Array<{ url: string | undefined; signature: string | undefined; body: string }> = [];
    const left = [...answers];
    const listening = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        asked.push({ url: request.url, signature: request.headers.authorization, body });
        const { status, body: answer, failed } = left.shift() ?? { status: 500, body: null };
        response.writeHead(status, failed ? { 'x-amz-function-error': 'Unhandled' } : {});
        response.end(JSON.stringify(answer));
      });
    });
    server = listening;
    await new Promise<void>((resolve) => void listening.listen(0, '127.0.0.1', resolve));
    const { port } = listening.address() as AddressInfo;
    const settings = { region: 'eu-central-1', endpoint: `http://127.0.0.1:${port}` };
    const credentials = () => ({ accessKeyId: 'AKIA', secretAccessKey: 'secret' });
    return { asked, door: memoryDoor(settings, 'Memory', credentials, async () => {}) };
  }
  const pass = { tenant: 'default', until: 1, signature: 's' };
  const request = { run_id: 'run_1', task_id: 'a', pass, operation: { op: 'notes' as const } };

  test('is the alias of that agent, signed for Lambda', async () => {
    const { asked, door } = await lambda([{ status: 200, body: { answer: {} } }]);
    expect(await door('keeper', request)).toEqual({ answer: {} });
    expect(asked[0]).toMatchObject({
      url: '/2015-03-31/functions/Memory%3Aagent-keeper/invocations',
      signature: expect.stringContaining('/eu-central-1/lambda/aws4_request'),
      body: JSON.stringify(request),
    });
  });

  test('is knocked at again when Lambda is busy or the function breaks', async () => {
    const { asked, door } = await lambda([
      { status: 429, body: {} },
      { status: 200, body: { errorMessage: 'out of memory' }, failed: true },
      { status: 200, body: { error: { code: 'no_such_memory', class: 'data', message: 'gone' } } },
    ]);
    expect(await door('keeper', request)).toMatchObject({ error: { code: 'no_such_memory' } });
    expect(asked).toHaveLength(3);
  });

  test.each([
    ['is never answered', []],
    ['does not let it in', [{ status: 403, body: { Message: 'not authorized' } }]],
    ['answers what is no reply', [{ status: 200, body: { hello: 1 } }]],
  ])('that %s is a failure of the memory', async (_, answers) => {
    const { door } = await lambda(answers);
    await expect(door('keeper', request)).rejects.toMatchObject({ code: 'memory_unavailable', class: 'system' });
  });
});
