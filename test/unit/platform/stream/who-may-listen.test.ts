import { describe, expect, test } from '@jest/globals';
import { ALL_TENANTS } from '../../../../lambdas/contracts/control.ts';
import { Role } from '../../../../lambdas/contracts/principal.ts';
import { FRAME_RATE, PATIENCE } from '../../../../lambdas/platform/stream/frame-limiter.ts';
import {
  followRun,
  HOUR,
  numbersOf,
  piece,
  progress,
  RUN,
  runEvents,
  streamWorld,
  TENANT,
  taskDone,
} from './stream-world.ts';

describe('a connection', () => {
  test('without a good token is told why and closed, and it is noted', async () => {
    const world = streamWorld();
    const connection = await world.open();
    await connection.say({ type: 'connection_init', payload: { token: 'forged', client_id: 'c' } });
    expect(connection.frames).toMatchObject([{ type: 'connection_closing', payload: { code: 4401 } }]);
    expect(connection.isClosed()).toBe(true);
    expect(world.security.events).toMatchObject([{ kind: 'authentication_failed', code: 'signature_invalid' }]);
  });

  test('that has not said who it is gets nothing and is closed', async () => {
    for (const frame of [followRun(), { type: 'ping' }, { type: 'stop', id: 'op' }]) {
      const world = streamWorld();
      world.addRun();
      const connection = await world.open();
      await connection.say(frame);
      expect(connection.frames).toMatchObject([{ type: 'connection_closing', payload: { code: 4401 } }]);
      expect(connection.isClosed()).toBe(true);
    }
  });

  test('that never says who it is is closed after a minute', async () => {
    const world = streamWorld();
    const connection = await world.open();
    await world.closeEnded();
    expect(connection.isClosed()).toBe(false);
    world.clock.moveTo(world.clock.now() + 61_000);
    await world.closeEnded();
    expect(connection.isClosed()).toBe(true);
  });

  test('can not become somebody else', async () => {
    const world = streamWorld();
    const connection = await world.connect('viewer');
    await connection.say({ type: 'connection_init', payload: { token: world.token('admin'), client_id: 'c' } });
    expect(connection.frames.at(-1)).toMatchObject({ type: 'error', payload: { code: 'already_initialised' } });
  });

  test.each([
    ['is no JSON', '{', 'bad_frame'],
    ['is of no known type', { type: 'subscribe', id: '1' }, 'bad_frame'],
    [
      'has fields that nobody knows',
      { type: 'start', id: '1', payload: { subscribe: { run: RUN }, tenant: 'x' } },
      'bad_frame',
    ],
    ['has a __proto__', '{"type":"ping","payload":{"__proto__":{"a":1}}}', 'bad_frame'],
    ['has a __proto__ that is spelled otherwise', '{"type":"ping","payload":{"\\u005f_proto__":{"a":1}}}', 'bad_frame'],
    ['says the same twice', '{"type":"ping","type":"ping"}', 'bad_frame'],
    ['has a number that would lose digits', '{"type":"ping","payload":{"n":12345678901234567890}}', 'bad_frame'],
    ['has half a character', '{"type":"ping","payload":{"x":"\\ud800"}}', 'bad_frame'],
    ['has a NUL', '{"type":"ping","payload":{"x":"\\u0000"}}', 'bad_frame'],
    ['is nested too deep', { type: 'ping', payload: deep(40) }, 'bad_frame'],
    [
      'is nested as deep as it is long',
      `{"type":"ping","payload":${'['.repeat(16_000)}${']'.repeat(16_000)}}`,
      'bad_frame',
    ],
    ['is too large', { type: 'ping', payload: { x: 'x'.repeat(33_000) } }, 'frame_too_large'],
  ])('that sends a frame which %s is told so and goes on', async (_what, frame, code) => {
    const world = streamWorld();
    const connection = await world.connect();
    await connection.say(frame);
    expect(connection.frames.at(-1)).toMatchObject({ type: 'error', payload: { code } });
    await connection.say({ type: 'ping' });
    expect(connection.frames.at(-1)).toMatchObject({ type: 'pong' });
  });

  test('that says more than twenty frames a second is told once, and closed when it goes on', async () => {
    const world = streamWorld();
    const connection = await world.connect();
    const other = await world.connect();
    const before = connection.frames.length;
    const flood = async (frames: number): Promise<void> => {
      for (let sent = 0; sent < frames; sent += 1) await connection.say({ type: 'ping' });
    };
    await flood(FRAME_RATE.burst + PATIENCE.burst - 1);
    const types = connection.frames.slice(before).map(({ type }) => type);
    // Its first frame was connection_init.
    expect(types).toEqual([...Array.from({ length: FRAME_RATE.burst - 1 }, () => 'pong'), 'error']);
    expect(connection.frames.at(-1)).toMatchObject({ payload: { code: 'too_many_frames' } });
    expect(connection.isClosed()).toBe(false);
    await flood(2);
    expect(connection.frames.at(-1)).toMatchObject({ type: 'connection_closing', payload: { code: 4429 } });
    expect(connection.isClosed()).toBe(true);
    expect(world.security.events).toMatchObject([{ kind: 'rate_limited', code: 'too_many_frames' }]);
    await other.say({ type: 'ping' });
    expect(other.frames.at(-1)).toMatchObject({ type: 'pong' });
  });

  test('that was too fast for a moment goes on', async () => {
    const world = streamWorld();
    const connection = await world.connect();
    for (let sent = 0; sent < FRAME_RATE.burst + 5; sent += 1) await connection.say({ type: 'ping' });
    world.clock.moveTo(world.clock.now() + 1_000);
    await connection.say({ type: 'ping' });
    expect(connection.frames.at(-1)).toMatchObject({ type: 'pong' });
    expect([connection.isClosed(), world.security.events]).toEqual([false, []]);
  });

  test('starts no more than its tenant may ask for, over whatever connections and HTTP together (attack 18)', async () => {
    const world = streamWorld({ limits: { requestsPerSecond: 2, burst: 3 } });
    const connections = [await world.connect(), await world.connect(), await world.connect()];
    for (const [n, connection] of connections.entries())
      for (const id of ['a', 'b'])
        await connection.say({ type: 'start', id: `${n}${id}`, payload: { task_type: 'a', input: `${n}${id}` } });
    expect(world.published).toHaveLength(3);
    expect(connections.at(-1)?.frames.at(-1)).toMatchObject({
      ...{ type: 'error', id: '2b' },
      payload: { code: 'rate_limited', message: expect.stringMatching(/say it again in \d+ s/) },
    });
    expect(world.security.events.map(({ kind }) => kind)).toEqual(['rate_limited', 'rate_limited', 'rate_limited']);
    world.clock.moveTo(world.clock.now() + 1_000);
    await connections[0]?.say({ type: 'start', id: '2b', payload: { task_type: 'a', input: '2b' } });
    expect(world.published).toHaveLength(4);
  });

  test('of a tenant that is suspended looks, and starts nothing; of one that was erased it hears nothing', async () => {
    const world = streamWorld();
    world.addRun();
    const connection = await world.connect();
    const set = async (status: 'suspended' | 'erased', version: number) =>
      world.tenants.put({
        ...{ tenant: TENANT, version, plan: 'all', limits: {}, status, by: 'kim', reason: '', at: 0 },
      });
    await set('suspended', 1);
    await connection.say({ type: 'start', id: '1', payload: { task_type: 'a', input: 1 } });
    expect(connection.frames.at(-1)).toMatchObject({ type: 'error', id: '1', payload: { code: 'tenant_suspended' } });
    await connection.say(followRun('2'));
    expect(connection.frames.at(-1)).toMatchObject({ type: 'start_ack', id: '2' });
    await set('erased', 2);
    await connection.say(followRun('3'));
    expect(connection.frames.at(-1)).toMatchObject({ type: 'error', id: '3', payload: { code: 'tenant_erased' } });
    expect(world.published).toEqual([]);
  });

  test('follows twenty things at most', async () => {
    const world = streamWorld();
    world.addRun();
    const connection = await world.connect();
    for (let n = 0; n < 21; n += 1) await connection.say(followRun(`op${n}`));
    expect(connection.frames.at(-1)).toMatchObject({
      type: 'error',
      id: 'op20',
      payload: { code: 'too_many_operations' },
    });
    await connection.say(followRun('op3'));
    expect(connection.frames.at(-1)).toMatchObject({ type: 'start_ack', id: 'op3' });
  });
});

describe('when a token ends', () => {
  test('its connection hears nothing more, and is closed', async () => {
    const world = streamWorld();
    world.addRun();
    const connection = await world.connect('viewer', { forMs: HOUR });
    await connection.say(followRun());
    await world.tell([piece(0, 'before')]);
    world.clock.moveTo(world.clock.now() + HOUR);
    await world.tell([piece(1, 'after')]);
    expect(numbersOf(connection.frames)).toEqual([1]);
    expect(connection.frames.at(-1)).toMatchObject({ type: 'connection_closing', payload: { code: 4401 } });
    expect(connection.isClosed()).toBe(true);
  });

  test('its connection may say nothing more either', async () => {
    const world = streamWorld();
    const connection = await world.connect('operator', { forMs: HOUR });
    world.clock.moveTo(world.clock.now() + HOUR);
    await connection.say({ type: 'start', id: '1', payload: { task_type: 'a', input: 1 } });
    expect(world.published).toEqual([]);
    expect(connection.isClosed()).toBe(true);
  });

  test('it is closed within a minute even if nothing happens', async () => {
    const world = streamWorld();
    const connection = await world.connect('viewer', { forMs: HOUR });
    const other = await world.connect('viewer', { forMs: 2 * HOUR });
    world.clock.moveTo(world.clock.now() + HOUR);
    expect(await world.closeEnded()).toBe(1);
    expect([connection.isClosed(), other.isClosed()]).toEqual([true, false]);
  });

  test('because it was revoked, the same holds at once', async () => {
    const world = streamWorld();
    world.addRun();
    const connection = await world.connect('viewer');
    await connection.say(followRun());
    world.revoked.add(connection.token);
    await world.tell([piece(0, 'secret')]);
    expect(numbersOf(connection.frames)).toEqual([]);
    expect(connection.frames.at(-1)).toMatchObject({ type: 'connection_closing', payload: { code: 4403 } });
    const idle = await world.connect('viewer');
    world.revoked.add(idle.token);
    await world.closeEnded();
    expect(idle.isClosed()).toBe(true);
  });
});

describe('who may follow what', () => {
  test('of runs: whoever may read streams in the same tenant; to others there is no such run, and it is noted', async () => {
    const may = new Set<Role>(['viewer', 'operator', 'approver', 'admin', 'orchestrator']);
    for (const role of Role.options)
      for (const tenant of [TENANT, 'globex', ALL_TENANTS]) {
        const world = streamWorld();
        world.addRun();
        const connection = await world.connect(role, { tenant });
        await connection.say(followRun());
        await world.tell([runEvents(taskDone('a'))]);
        const isIn = may.has(role) && tenant !== 'globex';
        expect([role, tenant, numbersOf(connection.frames)]).toEqual([role, tenant, isIn ? [1] : []]);
        if (isIn) continue;
        const code = may.has(role) ? 'not_found' : 'role_forbidden';
        expect(connection.frames.at(-1)).toMatchObject({ type: 'error', id: 'op', payload: { code } });
        expect(world.security.events.length).toBeGreaterThan(0);
      }
  });

  test('a run of another tenant is refused in the same words as one that there is not', async () => {
    const world = streamWorld();
    const connection = await world.connect('admin', { tenant: 'globex' });
    await connection.say(followRun());
    world.addRun();
    await connection.say(followRun());
    expect(connection.frames.at(-1)).toEqual(connection.frames.at(-2));
  });

  test('tasks are started by those alone who may create them, in their own tenant', async () => {
    for (const role of Role.options) {
      const world = streamWorld();
      const connection = await world.connect(role);
      await connection.say({ type: 'start', id: '1', payload: { task_type: 'a', input: 1 } });
      const may = role === 'operator' || role === 'admin' || role === 'orchestrator';
      expect([role, world.published.length]).toEqual([role, may ? 1 : 0]);
    }
    const world = streamWorld();
    const connection = await world.connect('admin');
    await connection.say({ type: 'start', id: '1', payload: { task_type: 'a', input: 1, tenant: 'globex' } });
    expect(world.published).toEqual([]);
    expect(connection.frames.at(-1)).toMatchObject({ type: 'error', payload: { code: 'not_found' } });
  });

  test('what a client sends as input is never evaluated', async () => {
    const world = streamWorld();
    const connection = await world.connect();
    await connection.say({ type: 'start', id: '1', payload: { task_type: 'a', input: '{% $secret %}' } });
    const [asked] = world.published;
    expect(JSON.stringify(asked?.detail)).not.toContain('"input":"{% $secret %}"}],');
    expect(asked?.detail).toMatchObject({
      definition: { tasks: [{ input: '{% $input.input %}' }] },
      input: { input: '{% $secret %}' },
    });
  });

  test("an agent's tenants hear of their own tasks alone, and of its health", async () => {
    const world = streamWorld();
    const follow = { type: 'start', id: 'op', payload: { subscribe: { agent: 'writer' } } };
    const [own, other, platform] = [
      await world.connect('viewer'),
      await world.connect('viewer', { tenant: 'globex' }),
      await world.connect('viewer', { tenant: ALL_TENANTS }),
    ];
    for (const connection of [own, other, platform]) await connection.say(follow);
    await world.tell([progress(0.5, 'half')]);
    await world.tell([status, health]);
    const heard = ({ frames }: typeof own) =>
      frames.flatMap((frame) => (frame.type === 'data' ? [frame.payload.event ?? frame.payload.current_step] : []));
    expect(heard(own)).toEqual(['half', 'agent_health']);
    expect(heard(other)).toEqual(['agent_health']);
    expect(heard(platform)).toEqual(['half', 'agent_status', 'agent_health']);
  });

  test("figures are of the tenant's own work", async () => {
    const world = streamWorld();
    const follow = { type: 'start', id: 'op', payload: { subscribe: { metrics: true } } };
    const own = await world.connect('viewer');
    const other = await world.connect('viewer', { tenant: 'globex' });
    await own.say(follow);
    await other.say(follow);
    await world.tell([runEvents(taskDone('a'), taskDone('b'))]);
    await world.tell([runEvents(taskDone('b'), taskDone('c'))]);
    expect(own.frames.at(-1)).toMatchObject({ type: 'data', seq: 3, payload: { details: { tasks_completed: 3 } } });
    expect(numbersOf(other.frames)).toEqual([]);
  });
});

describe('nobody speaks for another', () => {
  test.each([
    ["an agent for another's task", { ...progress(0.5, 'x'), source: 'muster.agent.liar' }],
    ['a client for the platform', { ...rejected(), source: 'client' }],
    ['an agent for the platform', { ...rejected(), source: 'muster.agent.writer' }],
    ['a run for another run', { ...runEvents(taskDone('a')), run_id: `run_${'b'.repeat(40)}` }],
    ['a tenant for another', { ...runEvents(taskDone('a')), tenant: 'globex' }],
  ])('%s', async (_who, message) => {
    const world = streamWorld();
    world.addRun();
    const connection = await world.connect();
    await connection.say(followRun());
    expect(await world.tell([message])).toEqual([]);
    expect(numbersOf(connection.frames)).toEqual([]);
  });
});

describe('a slow client', () => {
  test('is cut off, and the others hear everything', async () => {
    let slow = '';
    const world = streamWorld({ fate: () => 'sent' });
    world.addRun();
    const post = world.sockets.post;
    world.sockets.post = async (id, frame) => (id === slow ? 'slow' : post(id, frame));
    const one = await world.connect();
    const two = await world.connect();
    for (const connection of [one, two]) await connection.say(followRun());
    slow = one.id;
    await world.tell(Array.from({ length: 30 }, (_, n) => piece(n, 'x')));
    expect(one.isClosed()).toBe(true);
    expect(numbersOf(two.frames)).toHaveLength(30);
    expect(await world.connections.followersOf(TENANT, `run:${RUN}`)).toHaveLength(1);
  });

  test('that takes each frame, but each late, holds the others up for three seconds at most', async () => {
    const world = streamWorld();
    world.addRun();
    const one = await world.connect();
    await one.say(followRun());
    const post = world.sockets.post;
    world.sockets.post = async (id, frame) => {
      world.clock.moveTo(world.clock.now() + 500);
      return post(id, frame);
    };
    const before = world.clock.now();
    await world.tell(Array.from({ length: 40 }, (_, n) => piece(n, 'x')));
    expect(world.clock.now() - before).toBeLessThanOrEqual(4_000);
    expect(one.isClosed()).toBe(true);
  });
});

const at = '2026-01-01T00:00:00.000Z';
const stats = { messages_processed: 1, errors_count: 0, avg_processing_time: 1, last_activity: at };
const status = {
  ...{ id: 'status', source: 'muster.agent.writer', 'detail-type': 'agent_status' },
  detail: { agent: 'writer', version: '1.0.0', at, stats },
};
const health = {
  ...{ id: 'health', source: 'muster.platform', 'detail-type': 'agent_health' },
  detail: { agent_id: 'writer', at, state: 'ready', is_healthy: true, issues: [] },
};

function rejected() {
  const reason = { code: 'x', field: '', reason: 'no' };
  const detail = { request_id: 'r', tenant: TENANT, workflow: 'w', correlation_id: 'c', ...reason };
  return { id: 'x', 'detail-type': 'workflow_rejected', detail };
}

function deep(levels: number): Record<string, unknown> {
  return levels === 0 ? {} : { a: deep(levels - 1) };
}
