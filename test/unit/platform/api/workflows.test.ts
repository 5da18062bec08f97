import { describe, expect, test } from '@jest/globals';
import { DataError, NonRecoverableError } from '../../../../lambdas/contracts/errors.ts';
import { fakeAgent, sleep } from '../../../../lambdas/testing/fake-agent.ts';
import { type ApiWorld, createApiWorld, type SentRequest } from '../../../support/api/api-world.ts';
import { task, workflow } from '../../../support/factories.ts';

const WORKFLOWS = '/api/v1/workflows';
const worker = fakeAgent(
  'worker',
  {
    work: async (input, ctx) => {
      await sleep(ctx, 5_000);
      return { from: input };
    },
    pick: (input) => {
      const { day } = input as { day?: string };
      if (day !== '2026-01-31') throw new DataError('no_such_day', `there is no day "${day}"`);
      return { day };
    },
  },
  { timeoutSeconds: 120 },
);
const pair = workflow([task('a'), task('b', { dependsOn: ['a'] })], { name: 'pair', timeoutSeconds: 600 });
const picky = workflow([task('a', { type: 'pick', input: { day: 'dya' } })], { name: 'picky' });
const asking = workflow(
  [
    { id: 'plan', value: { spend: 400 } },
    { id: 'ok', ask: { question: 'Spend it?', options: ['yes', 'no'], shows: { spend: 400 } }, dependsOn: ['plan'] },
  ],
  { name: 'asking', timeoutSeconds: 600 },
);

const world = () => createApiWorld({ agents: [worker], workflows: [pair, picky, asking] });

async function started({ call }: ApiWorld, name = 'pair', sent: SentRequest = {}): Promise<string> {
  const answer = await call('POST', WORKFLOWS, { body: { workflow: name }, ...sent });
  expect(answer.status).toBe(202);
  return answer.body.workflow_id;
}

describe('workflows over HTTP', () => {
  test('start, go on, end, and tell where they stand', async () => {
    const of = await world();
    const { call, fleet } = of;
    const begun = await call('POST', WORKFLOWS, {
      body: { workflow: 'pair', input: { day: 1 }, correlation_id: 'c-1' },
    });
    const { workflow_id, links } = begun.body;
    expect(begun).toMatchObject({ status: 202, headers: { location: links.status } });
    const first = await call('GET', links.status);
    expect(first.body).toMatchObject({
      ...{ workflow: 'pair', status: 'running', current_stage: 'a', stages_completed: [], progress: 0 },
      ...{ requested_by: 'ann', correlation_id: 'c-1' },
    });
    expect((await call('GET', links.result)).status).toBe(202);
    await fleet.advance(6_000);
    expect((await call('GET', links.status)).body).toMatchObject({
      ...{ current_stage: 'b', stages_completed: ['a'], progress: 0.5, tasks: { completed: 1, running: 1 } },
    });
    await fleet.ended(workflow_id);
    expect((await call('GET', links.status)).body).toMatchObject({
      ...{ status: 'completed', current_stage: null, stages_completed: ['a', 'b'], progress: 1 },
    });
    expect((await call('GET', links.result)).body).toMatchObject({ status: 'completed', result: { from: {} } });
  });

  test('list the runs of the tenant page by page, the newest first', async () => {
    const of = await world();
    const { call, fleet } = of;
    const runs: string[] = [];
    for (let one = 0; one < 5; one += 1) {
      runs.unshift(await started(of));
      await fleet.advance(10);
    }
    await started(of, 'pair', { as: 'operator:other:bob' });
    const seen: string[] = [];
    let next = `${WORKFLOWS}?limit=2`;
    for (let pages = 0; next !== '' && pages < 9; pages += 1) {
      const { body } = await call('GET', next);
      seen.push(...body.items.map((item: { workflow_id: string }) => item.workflow_id));
      next = body.next_cursor === undefined ? '' : `${WORKFLOWS}?limit=2&cursor=${body.next_cursor}`;
    }
    expect(seen).toEqual(runs);
    expect((await call('GET', `${WORKFLOWS}?cursor=bm90aGluZw`)).status).toBe(400);
  });

  test('are the same run under the same request id, and another body is refused', async () => {
    const of = await world();
    const { call } = of;
    const headers = { 'idempotency-key': 'order-7' };
    const one = await started(of, 'pair', { headers });
    expect(await started(of, 'pair', { headers })).toBe(one);
    const other = await call('POST', WORKFLOWS, { body: { workflow: 'pair', input: { other: 1 } }, headers });
    expect(other).toMatchObject({ status: 409, body: { code: 'request_id_reused', workflow_id: one } });
    // Another tenant's ids are its own.
    expect(await started(of, 'pair', { headers, as: 'operator:other:bob' })).not.toBe(one);
  });

  test('say what is wrong with a request, also when the intake finds it', async () => {
    const { call } = await world();
    const unknown = await call('POST', WORKFLOWS, { body: { workflow: 'pear' } });
    expect(unknown).toMatchObject({
      status: 422,
      body: { code: 'unknown_workflow', detail: expect.stringContaining('pair') },
    });
    const definition = { name: 'own', tasks: [{ id: 'a', type: 'work', input: '{% $input. %}' }] };
    const bad = await call('POST', WORKFLOWS, { body: { workflow: 'own', definition } });
    expect(bad.status).toBe(422);
    expect(bad.body.errors[0].field).toContain('definition.tasks.0');
    const own = { name: 'own', tasks: [{ id: 'a', type: 'work', input: '{% $input.day %}' }] };
    expect(
      (await call('POST', WORKFLOWS, { body: { workflow: 'own', input: { day: 1 }, definition: own } })).status,
    ).toBe(202);
  });

  test('pause, resume and are cancelled, and answer how they stand then', async () => {
    const of = await world();
    const { call } = of;
    const at = `${WORKFLOWS}/${await started(of)}`;
    const paused = await call('POST', `${at}/pause`, { body: { reason: 'lunch' } });
    expect(paused).toMatchObject({ status: 200, body: { status: 'paused', paused: { reason: 'lunch', by: 'ann' } } });
    expect((await call('POST', `${at}/resume`)).body.status).toBe('running');
    const cancelled = await call('POST', `${at}/cancel`, { body: { reason: 'no longer needed' } });
    expect(cancelled.status).toBe(200);
    expect(['cancelled', 'compensating', 'running']).toContain(cancelled.body.status);
    await of.fleet.ended(at.slice(-44));
    expect((await call('GET', at)).body).toMatchObject({ status: 'cancelled', reason: 'no longer needed' });
    expect((await call('POST', `${at}/pause`)).status).toBe(409);
  });

  test('are repaired: a changed input, and the finished work is kept', async () => {
    const of = await world();
    const { call, fleet } = of;
    const runId = await started(of, 'picky');
    await fleet.advance(1_000);
    const at = `${WORKFLOWS}/${runId}`;
    expect((await call('GET', at)).body).toMatchObject({ status: 'failed', error: { code: 'no_such_day' } });
    const edit = { tasks: { a: { input: { day: '2026-01-31' } } } };
    const repaired = await call('POST', `${at}/repair`, { body: { edit } });
    expect(repaired.status).toBe(200);
    await fleet.ended(runId);
    expect((await call('GET', `${at}/result`)).body.result).toEqual({ day: '2026-01-31' });
    expect((await call('POST', `${at}/repair`, { body: { edit }, as: 'orchestrator:default:svc' })).status).toBe(403);
  });

  test('tell what happened, entry by entry, and why each agent was chosen', async () => {
    const of = await world();
    const { call, fleet } = of;
    const runId = await started(of);
    await fleet.ended(runId);
    const at = `${WORKFLOWS}/${runId}`;
    const events: Array<{ event: string; entry: number; task_id?: string }> = [];
    for (let after = 0, more = true; more; ) {
      const { body } = await call('GET', `${at}/events?after=${after}&limit=1`);
      events.push(...body.items);
      ({ last: after, more } = body);
    }
    expect(events.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['run_started', 'tasks_dispatched', 'run_completed']),
    );
    expect(events).toEqual((await call('GET', `${at}/events`)).body.items);
    const { body: tasks } = await call('GET', `${at}/tasks`);
    expect(tasks.items[0]).toMatchObject({
      task_id: 'a',
      status: 'completed',
      agent: 'worker',
      selection: expect.any(String),
    });
    const { body: one } = await call('GET', `${at}/tasks/b`);
    expect(one).toMatchObject({ attempts: [{ attempt: 1, agent: 'worker', outcome: 'completed' }], depends_on: ['a'] });
    expect((await call('GET', `${at}/tasks/c`)).status).toBe(404);
    expect((await call('GET', `${at}/tasks?status=failed`)).body.items).toEqual([]);
  });

  test('fork, replay and compare', async () => {
    const of = await world();
    const { call, fleet } = of;
    const runId = await started(of);
    await fleet.ended(runId);
    const at = `${WORKFLOWS}/${runId}`;
    const headers = { 'x-request-id': 'fork-1' };
    const forked = await call('POST', `${at}/fork`, { body: { at: 0, reason: 'again' }, headers });
    expect(forked.status).toBe(202);
    expect((await call('POST', `${at}/fork`, { body: { at: 0 }, headers })).body.workflow_id).toBe(
      forked.body.workflow_id,
    );
    expect((await call('POST', `${at}/fork`, { body: { at: 1 }, headers })).status).toBe(409);
    expect((await call('POST', `${at}/fork`, { body: { at: 99 } })).status).toBe(404);
    await fleet.ended(forked.body.workflow_id);
    const diff = await call('GET', `${at}/diff/${forked.body.workflow_id}`);
    expect(diff.body).toMatchObject({ same: true, forked_at: 0 });
    const replayed = await call('GET', `${at}/replay?at=1`);
    expect(replayed.body).toMatchObject({ at: 1, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect((await call('GET', `${at}/replay?at=999`)).status).toBe(404);
  });

  test('ask people, who answer for others and never for themselves', async () => {
    const of = await world();
    const { call, fleet } = of;
    const runId = await started(of, 'asking', { as: 'operator+approver:default:ann' });
    await fleet.advance(100);
    const at = `${WORKFLOWS}/${runId}/decisions`;
    const as = 'approver:default:eve';
    const { items } = (await call('GET', '/api/v1/decisions', { as })).body;
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      workflow_id: runId,
      task_id: 'ok',
      options: ['yes', 'no'],
      shows: { spend: 400 },
    });
    const { digest } = items[0];
    const body = { task_id: 'ok', decision: 'yes', digest, comment: 'fine' };
    const own = await call('POST', at, { body, as: 'operator+approver:default:ann' });
    expect(own).toMatchObject({ status: 403, body: { code: 'self_approval' } });
    expect((await call('POST', at, { body: { ...body, digest: 'other' }, as })).status).toBe(409);
    expect((await call('POST', at, { body: { ...body, decision: 'maybe' }, as })).status).toBe(422);
    expect((await call('POST', at, { body: { ...body, task_id: 'plan' }, as })).status).toBe(409);
    expect((await call('POST', at, { body })).status).toBe(403);
    expect((await call('POST', at, { body, as })).status).toBe(200);
    await fleet.ended(runId);
    expect((await call('GET', `${WORKFLOWS}/${runId}/result`)).body.result).toMatchObject({
      decision: 'yes',
      decided_by: 'eve',
    });
  });

  test('are approved by nobody who has asked for them: in whatever case, with whatever token, over whatever run', async () => {
    const child = workflow([{ id: 'sub', workflow: { name: 'asking' } }], { name: 'outer', timeoutSeconds: 600 });
    const of = await createApiWorld({ agents: [worker], workflows: [asking, child] });
    const { call, fleet, audited } = of;
    const both = 'operator+approver:default';
    /** Answers the question of a run, as somebody. */
    const approve = async (runId: string, as: string): Promise<unknown> => {
      const found = await call('GET', `/api/v1/decisions?workflow_id=${runId}`, { as: 'viewer:default:look' });
      const { digest } = found.body.items[0];
      const body = { task_id: 'ok', decision: 'yes', digest };
      const headers = as.includes(':*:') ? { 'x-tenant': 'default' } : {};
      const answer = await call('POST', `${WORKFLOWS}/${runId}/decisions`, { body, as, headers });
      return answer.status === 403 ? answer.body.code : answer.status;
    };
    const first = await started(of, 'asking', { as: `${both}:ann` });
    await fleet.advance(100);
    for (const as of [
      `${both}:ann`,
      `${both}:Ann`,
      `${both}:ANN`,
      'approver:default:ann',
      'admin:default:ann',
      'admin:*:ann',
    ])
      expect([as, await approve(first, as)]).toEqual([as, 'self_approval']);
    expect(audited.filter((record) => 'kind' in record && record.kind === 'security')).not.toEqual([]);
    // Somebody has it done once more from there, and somebody once more from that: it is still what ann has asked for.
    const forks = [first];
    for (const as of ['operator:default:bob', 'operator:default:cleo']) {
      const forked = await call('POST', `${WORKFLOWS}/${forks.at(-1)}/fork`, { body: { at: 1 }, as });
      expect(forked.status).toBe(202);
      await fleet.advance(100);
      forks.push(forked.body.workflow_id);
    }
    for (const name of ['ann', 'ANN', 'bob', 'cleo'])
      expect([name, await approve(forks[2] ?? '', `${both}:${name}`)]).toEqual([name, 'self_approval']);
    expect(await approve(forks[2] ?? '', `${both}:eve`)).toBe(200);
    // And what a run of hers has started.
    await started(of, 'outer', { as: `${both}:ann` });
    await fleet.advance(100);
    const { items } = (await call('GET', '/api/v1/decisions', { as: 'viewer:default:look' })).body;
    const inner = items.find(({ workflow_id }: { workflow_id: string }) => !forks.includes(workflow_id));
    expect(await approve(inner.workflow_id, `${both}:Ann`)).toBe('self_approval');
    expect(await approve(inner.workflow_id, `${both}:eve`)).toBe(200);
  });

  test('let whoever asked for them answer where the definition says so, and what is asked of a failure to others', async () => {
    const broken = (): never => {
      throw new NonRecoverableError('broken', 'it is broken');
    };
    const breaking = fakeAgent('breaking', { break: broken });
    const own = workflow(
      [
        { id: 'when', ask: { question: 'When?', options: ['now', 'later'], self: true } },
        task('break', { type: 'break', escalate: 'person', dependsOn: ['when'] }),
      ],
      { name: 'own', timeoutSeconds: 600 },
    );
    const of = await createApiWorld({ agents: [breaking], workflows: [own] });
    const { call, fleet } = of;
    const as = 'operator+approver:default:ann';
    const runId = await started(of, 'own', { as });
    await fleet.advance(100);
    const decide = async (task_id: string, decision: string, by: string): Promise<number> => {
      const { items } = (await call('GET', `/api/v1/decisions?workflow_id=${runId}`, { as })).body;
      const { digest } = items[0];
      const body = { task_id, decision, ...(digest && { digest }) };
      return (await call('POST', `${WORKFLOWS}/${runId}/decisions`, { body, as: by })).status;
    };
    expect(await decide('when', 'now', as)).toBe(200);
    await fleet.advance(5_000);
    expect(await decide('break', 'skip', as)).toBe(403);
    expect(await decide('break', 'skip', 'approver:default:eve')).toBe(200);
  });

  test('tell of failures without the secrets that a service has repeated', async () => {
    const leaking = fakeAgent('leaking', {
      leak: () => {
        throw new DataError('mail_refused', 'smtp://bot:s3cr3t-canary@mail.example: at send (/var/task/index.mjs:1:2)');
      },
    });
    const one = workflow([task('a', { type: 'leak' })], { name: 'leaks' });
    const of = await createApiWorld({ agents: [leaking], workflows: [one] });
    const runId = await started(of, 'leaks');
    await of.fleet.advance(1_000);
    const at = `${WORKFLOWS}/${runId}`;
    const told = [at, `${at}/tasks`, `${at}/tasks/a`, WORKFLOWS, `${at}/result`];
    for (const path of told) {
      const { text } = await of.call('GET', path);
      expect(text).toContain('mail_refused');
      expect(text).not.toMatch(/s3cr3t-canary|index\.mjs/);
    }
  });

  test('take events that tasks wait for', async () => {
    const waiting = workflow([{ id: 'paid', waitFor: { event: 'payment_received' } }], {
      name: 'waiting',
      timeoutSeconds: 600,
    });
    const of = await createApiWorld({ agents: [worker], workflows: [waiting] });
    const { call, fleet } = of;
    const runId = await started(of, 'waiting');
    const at = `${WORKFLOWS}/${runId}/signals`;
    const sent = await call('POST', at, { body: { event: 'payment_received', payload: { sum: 3 } } });
    expect(sent.status).toBe(202);
    await fleet.ended(runId);
    expect((await call('GET', `${WORKFLOWS}/${runId}/result`)).body.result).toMatchObject({ sum: 3 });
    expect((await call('POST', at, { body: { event: 'payment_received' } })).status).toBe(409);
  });
});

describe('a run of another tenant', () => {
  const stranger = 'operator+approver+admin:other:mallory';

  test('is as if it did not exist, in every route, and the attempt is noted', async () => {
    const of = await world();
    const { call, audited } = of;
    const runId = await started(of);
    const mine = await started(of, 'pair', { as: stranger });
    const at = `${WORKFLOWS}/${runId}`;
    const asked: ReadonlyArray<readonly [string, string, unknown?]> = [
      ['GET', at],
      ['GET', `${at}/result`],
      ['GET', `${at}/events`],
      ['GET', `${at}/tasks`],
      ['GET', `${at}/tasks/a`],
      ['GET', `${at}/replay`],
      ['GET', `/api/v1/tasks/${runId}`],
      ['GET', `/api/v1/decisions?workflow_id=${runId}`],
      ['GET', `${WORKFLOWS}/${mine}/diff/${runId}`],
      ['POST', `${at}/cancel`],
      ['POST', `${at}/pause`],
      ['POST', `${at}/resume`],
      ['POST', `${at}/fork`],
      ['POST', `${at}/repair`, { edit: { input: {} } }],
      ['POST', `${at}/signals`, { event: 'x' }],
      ['POST', `${at}/decisions`, { task_id: 'a', decision: 'yes' }],
    ];
    for (const [method, path, body] of asked) {
      const answer = await call(method, path, { as: stranger, body });
      const none = await call(method, path.replaceAll(runId, `run_${'f'.repeat(40)}`), { as: stranger, body });
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.body.detail.replaceAll(runId, 'RUN')).toBe(
        none.body.detail.replaceAll(`run_${'f'.repeat(40)}`, 'RUN'),
      );
    }
    const crossed = audited.filter((record) => record.kind === 'security' && record.event.kind === 'tenant_crossed');
    expect(crossed).toHaveLength(asked.length);
    expect((await call('GET', at)).body.status).toBe('running');
  });

  test('is in no list of theirs', async () => {
    const of = await world();
    await started(of, 'asking', { headers: { 'x-request-id': 'c-9' } });
    await of.fleet.advance(100);
    for (const path of [
      WORKFLOWS,
      `${WORKFLOWS}?correlation_id=c-9`,
      '/api/v1/decisions',
      '/api/v1/messages?correlation_id=c-9',
      '/api/v1/dead-letters',
    ])
      expect([path, (await of.call('GET', path, { as: stranger })).body.items]).toEqual([path, []]);
    expect((await of.call('GET', '/api/v1/messages?correlation_id=c-9')).body.items).not.toEqual([]);
  });
});

describe('an agent with a token', () => {
  test('sees the runs that it asked for, and no others', async () => {
    const of = await world();
    const own = await started(of, 'pair', { as: 'orchestrator:default:agent-x' });
    const others = await started(of);
    const as = 'agent:default:agent-x';
    expect((await of.call('GET', `${WORKFLOWS}/${own}`, { as })).status).toBe(200);
    expect((await of.call('GET', `${WORKFLOWS}/${others}`, { as })).status).toBe(404);
    const { items } = (await of.call('GET', WORKFLOWS, { as })).body;
    expect(items.map(({ workflow_id }: { workflow_id: string }) => workflow_id)).toEqual([own]);
  });
});
