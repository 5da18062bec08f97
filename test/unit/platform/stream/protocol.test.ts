import { describe, expect, test } from '@jest/globals';
import {
  followRun,
  HOUR,
  numbersOf,
  piece,
  progress,
  RUN,
  runDone,
  runEvents,
  streamWorld,
  TENANT,
  taskDone,
} from './stream-world.ts';

describe("the seed document's protocol", () => {
  test('runs verbatim: connection_init, start, data, complete', async () => {
    const world = streamWorld();
    const connection = await world.open();
    await connection.say({
      type: 'connection_init',
      payload: { token: world.token('operator'), client_id: 'unique_id' },
    });
    await connection.say({
      type: 'start',
      id: 'operation_id',
      payload: { task_type: 'streaming_analysis', input: 'data_to_process' },
    });
    const [asked] = world.published;
    expect(asked?.name).toBe('workflow_requested');
    expect(asked?.detail).toMatchObject({
      tenant: TENANT,
      requested_by: 'ann',
      input: { input: 'data_to_process' },
      definition: { tasks: [{ id: 'task', type: 'streaming_analysis', input: '{% $input.input %}' }] },
    });
    const ack = connection.frames.find(({ type }) => type === 'start_ack');
    const run = ack?.type === 'start_ack' ? (ack.payload.run ?? '') : '';
    const of = (detail: object) => ({ ...detail, workflow_id: run });
    const said = progress(0.45, 'processing_chunk_3', 'intermediate_data');
    await world.tell([{ ...said, detail: of({ ...said.detail, task_id: 'task' }) }]);
    const done = runDone({ task: 'complete_output' });
    const told = runEvents(done);
    await world.tell([
      { ...told, run_id: run, events: told.events.map((event) => ({ ...event, detail: of(event.detail) })) },
    ]);
    expect(connection.frames.slice(-2)).toMatchObject([
      {
        type: 'data',
        id: 'operation_id',
        seq: 1,
        payload: {
          progress: 0.45,
          current_step: 'processing_chunk_3',
          partial_result: 'intermediate_data',
          agent: 'writer',
        },
      },
      {
        type: 'complete',
        id: 'operation_id',
        seq: 2,
        payload: { final_result: 'complete_output', summary: 'report completed in 1.2 s' },
      },
    ]);
  });

  test('answers connection_init with how long the connection lasts: as the token, two hours at most', async () => {
    const world = streamWorld();
    const short = await world.connect('viewer', { forMs: HOUR });
    const long = await world.connect('viewer', { forMs: 8 * HOUR });
    const until = (frames: typeof short.frames) =>
      frames.flatMap((frame) => (frame.type === 'connection_ack' ? [Date.parse(frame.payload.expires_at)] : []));
    expect(until(short.frames)).toEqual([world.clock.now() + HOUR]);
    expect(until(long.frames)).toEqual([world.clock.now() + 2 * HOUR]);
  });

  test('says where every operation stands when it is pinged', async () => {
    const world = streamWorld();
    world.addRun();
    const connection = await world.connect();
    await connection.say(followRun());
    await world.tell([runEvents(taskDone('a'), taskDone('b'))]);
    await connection.say({ type: 'ping' });
    expect(connection.frames.at(-1)).toMatchObject({ type: 'pong', payload: { positions: { op: 2 } } });
  });

  test('sends nothing more about what was stopped', async () => {
    const world = streamWorld();
    world.addRun();
    const connection = await world.connect();
    await connection.say(followRun());
    await world.tell([runEvents(taskDone('a'))]);
    await connection.say({ type: 'stop', id: 'op' });
    await world.tell([runEvents(taskDone('b'))]);
    expect(numbersOf(connection.frames)).toEqual([1]);
  });

  test('passes on what a model says, piece by piece', async () => {
    const world = streamWorld();
    world.addRun();
    const connection = await world.connect();
    await connection.say(followRun());
    await world.tell([piece(0, 'Once'), piece(1, ' upon'), piece(2, ' a time')]);
    const said = connection.frames.flatMap((frame) => (frame.type === 'data' ? [frame.payload.partial_result] : []));
    expect(said.join('')).toBe('Once upon a time');
  });

  test('tells of a failed, a cancelled and a rejected run by an error', async () => {
    for (const [event, code] of [
      [{ id: 'e', name: 'workflow_failed', more: { duration_ms: 1, error: failure } }, 'source_gone'],
      [{ id: 'e', name: 'workflow_cancelled', more: { duration_ms: 1, reason: 'not needed' } }, 'cancelled'],
    ] as const) {
      const world = streamWorld();
      world.addRun();
      const connection = await world.connect();
      await connection.say(followRun());
      await world.tell([runEvents(event)]);
      expect(connection.frames.at(-1)).toMatchObject({ type: 'error', id: 'op', seq: 1, payload: { code } });
    }
    const world = streamWorld();
    const connection = await world.connect();
    await connection.say({ type: 'start', id: 'op', payload: { task_type: 'no.such', input: 1 } });
    const [asked] = world.published;
    const request_id = asked?.name === 'workflow_requested' ? (asked.detail.request_id ?? '') : '';
    const detail = { request_id, tenant: TENANT, workflow: 'stream.task', correlation_id: 'c' };
    const reason = { code: 'unknown_task_type', field: 'tasks.0.type', reason: 'nobody can do no.such' };
    await world.tell([
      { id: 'x', source: 'muster.platform', 'detail-type': 'workflow_rejected', detail: { ...detail, ...reason } },
    ]);
    expect(connection.frames.at(-1)).toMatchObject({ type: 'error', id: 'op', payload: { code: 'unknown_task_type' } });
  });

  test('tells the end of a run that ended before anybody followed it', async () => {
    const world = streamWorld();
    world.addRun({ status: 'completed' });
    world.results.set(RUN, 'the answer');
    const connection = await world.connect();
    await connection.say(followRun());
    expect(connection.frames.at(-1)).toMatchObject({
      type: 'complete',
      seq: 1,
      payload: { final_result: 'the answer' },
    });
  });

  test('tells the end from the journal when the log is over', async () => {
    const world = streamWorld();
    world.addRun();
    const first = await world.connect();
    await first.say(followRun());
    await world.tell([runEvents(taskDone('a'), runDone())]);
    world.log.forget(TENANT, `run:${RUN}`);
    world.addRun({ status: 'failed', error: failure });
    const second = await world.connect();
    await second.say(followRun('op', 1));
    expect(second.frames.at(-1)).toMatchObject({ type: 'error', payload: { code: 'source_gone' } });
  });

  test('says that a position is lost rather than leave something out', async () => {
    const world = streamWorld();
    world.addRun();
    const connection = await world.connect();
    await connection.say(followRun());
    await world.tell([runEvents(taskDone('a'))]);
    const again = await world.connect();
    await again.say(followRun('op', 7));
    expect(again.frames.at(-1)).toMatchObject({ type: 'error', id: 'op', payload: { code: 'history_lost' } });
  });

  test('has the same task done once, however often the same client says the same', async () => {
    const world = streamWorld();
    const start = (id: string, input: string, after = 0) => ({
      ...{ type: 'start', id },
      payload: { task_type: 'a', input, after },
    });
    const one = await world.connect();
    await one.say(start('1', 'x'));
    const two = await world.connect();
    await two.say(start('1', 'x'));
    await two.say(start('2', 'x'));
    await two.say(start('1', 'y'));
    const ids = world.published.map(({ detail }) => ('request_id' in detail ? detail.request_id : ''));
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(3);
    expect(ids[0]).toBe(ids[1]);
  });

  test('says nothing after the end, unless the run goes on', async () => {
    const world = streamWorld();
    world.addRun();
    const connection = await world.connect();
    await connection.say(followRun());
    await world.tell([runEvents(taskDone('a'), runDone())]);
    await world.tell([piece(0, 'late'), runEvents(taskDone('b'))]);
    const again = await world.connect();
    await again.say(followRun());
    expect(numbersOf(again.frames)).toEqual([1, 2]);
    const resumed = { id: 'r', name: 'workflow_resumed', more: { resumed_by: 'ann', edited: false } };
    await world.tell([runEvents(resumed, taskDone('c'))]);
    const third = await world.connect();
    await third.say(followRun('op', 2));
    expect(numbersOf(third.frames)).toEqual([3, 4]);
  });

  test('keeps nothing of runs that nobody follows', async () => {
    const world = streamWorld();
    await world.tell([runEvents(taskDone('a')), piece(0, 'x'), progress(0.5, 'half')]);
    expect(await world.log.tail(TENANT, `run:${RUN}`, 10)).toEqual([]);
  });
});

const failure = { code: 'source_gone', class: 'non_recoverable', message: 'the source is gone' } as const;
