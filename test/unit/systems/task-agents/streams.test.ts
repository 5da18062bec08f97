import { afterEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../../lambdas/contracts/json.ts';
import type { Principal } from '../../../../lambdas/contracts/principal.ts';
import type { DataPayload, ServerFrame } from '../../../../lambdas/contracts/stream.ts';
import type { Agent } from '../../../../lambdas/runtime/agent.ts';
import { agent as supervisor } from '../../../../lambdas/systems/task-agents/agents/supervisor/agent.ts';
import { LARGEST_FILE } from '../../../../lambdas/systems/task-agents/files.ts';
import { chunked } from '../../../../lambdas/systems/task-agents/live/chunks.ts';
import type { Chunk } from '../../../../lambdas/systems/task-agents/live/running.ts';
import { StreamingResult } from '../../../../lambdas/systems/task-agents/live/streaming-analysis.ts';
import { sleep } from '../../../../lambdas/testing/fake-agent.ts';
import { scriptedModel } from '../../../../lambdas/testing/scripted-model.ts';
import type { TestFleet } from '../../../../lambdas/testing/test-fleet.ts';
import { workflow } from '../../../support/factories.ts';
import { taskAgents, taskFleet } from './support/fleet.ts';
import { ARTICLE } from './support/texts.ts';

let fleet: TestFleet | undefined;
afterEach(() => fleet?.stop());

const TABLE = [
  'reading,degrees',
  ...Array.from({ length: 400 }, (_, n) => `${n},${n === 321 ? 900 : 20 + (n % 5)}`),
].join('\n');
const who = (clock: { now(): number }): Principal => ({
  ...{ kind: 'person', sub: 'ann', tenant: 'default', roles: ['operator'], tokenId: 't', issuedAt: clock.now() },
  expiresAt: clock.now() + 3_600_000,
});
const dataOf = (frames: readonly ServerFrame[]): Array<DataPayload & { seq: number }> =>
  frames.flatMap((frame) => (frame.type === 'data' ? [{ ...frame.payload, seq: frame.seq }] : []));
const partials = (frames: readonly ServerFrame[], task: string) =>
  dataOf(frames).filter(
    ({ task_id, partial_result, event }) => task_id === task && partial_result !== undefined && event === undefined,
  );
/** Each chunk takes 1.2 s, so that each is told of: progress goes out once a second. */
const slowly = { between: (ctx: Parameters<typeof sleep>[0]) => sleep(ctx, 1_200) };

async function begin(options: Parameters<typeof taskFleet>[0] = {}): Promise<TestFleet> {
  fleet = await taskFleet({ stream: true, ...slowly, ...options });
  await fleet.platform.world.bucket('task-files').write('in/readings.csv', TABLE);
  return fleet;
}

describe('streaming_analysis over the WebSocket, as the seed document has it', () => {
  test('tells its step and what it knows after each chunk, then the whole and a summary', async () => {
    const { platform } = await begin();
    const socket = await platform.stream.connect(who(platform.clock));
    const input = { file: 'in/readings.csv', chunk_characters: 800 };
    await socket.say({ type: 'start', id: 'op', payload: { task_type: 'streaming_analysis', input, after: 0 } });
    await platform.time.runUntilIdle();
    const steps = partials(socket.frames, 'task');
    expect(steps.map(({ current_step }) => current_step)).toEqual([
      'processing_chunk_1',
      'processing_chunk_2',
      'processing_chunk_3',
      'processing_chunk_4',
    ]);
    const shares = steps.map(({ progress = 0 }) => progress);
    expect(shares).toEqual(shares.toSorted((one, other) => one - other));
    expect(steps[2]?.partial_result).toMatchObject({
      chunks: 3,
      numbers: [{ column: 'reading' }, { column: 'degrees' }],
    });
    const last = socket.frames.at(-1);
    expect(last).toMatchObject({
      type: 'complete',
      id: 'op',
      payload: {
        final_result: { kind: 'table', unusual: [{ column: 'degrees', value: 900, line: 323 }] },
        summary: expect.any(String),
      },
    });
  });

  test.each<[string, JsonObject | string, object]>([
    ['a text', 'Ships see the light. Ships trust the radio.', { kind: 'text', figures: { words: 8, lines: 0 } }],
    ['any JSON', { data: { a: 1, b: ['x y', 'z'] } }, { kind: 'text' }],
    [
      'words and columns that are names of JavaScript',
      'constructor,toString\n1,2\n3,4\n',
      { kind: 'table', figures: { mean_constructor: 2, mean_toString: 3 } },
    ],
    ['a text about constructors', 'The constructor of a constructor is a constructor.', { kind: 'text' }],
  ])('takes %s as well', async (_, input, expected) => {
    const run = await (await begin()).run(workflow([{ id: 'do', type: 'streaming_analysis', input }]));
    expect(run.result?.do).toMatchObject(expected);
  });

  test.each<[string, JsonObject | string, string]>([
    ['nothing', '  ', 'input_empty'],
    ['a file that is not there', { file: 'no.csv' }, 'object_missing'],
    ['a picture that is called a table', { file: 'in/photo.csv' }, 'input_unreadable'],
    ['a file that is too large', { file: 'in/huge.csv' }, 'input_too_large'],
  ])('refuses %s', async (_, input, code) => {
    const world = await begin({ between: async () => {} });
    const bucket = world.platform.world.bucket('task-files');
    await bucket.write('in/photo.csv', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
    if (code === 'input_too_large') await bucket.write('in/huge.csv', Buffer.alloc(LARGEST_FILE + 1, 'a\n'));
    const run = await world.run(workflow([{ id: 'do', type: 'streaming_analysis', input }]));
    expect(run.error).toMatchObject({ code, class: 'data' });
  });
});

describe('three streams of several agents in one run', () => {
  const LIVE = { file: 'in/readings.csv', text: ARTICLE, chunk_characters: 800 };
  const said = 'Lighthouses guided ships along the coast for two centuries. The keeper lit the lamp every evening.';

  async function follow(drop = false) {
    const { platform, start } = await begin({ models: { fast: scriptedModel(() => said) } });
    const run = await start('tasks.live', LIVE);
    const first = await platform.stream.connect(who(platform.clock));
    await first.say({ type: 'start', id: '1', payload: { subscribe: { run: run as `run_${string}`, after: 0 } } });
    let frames = [...first.frames];
    if (drop) {
      await platform.time.advance(2_500);
      await first.drop();
      await platform.time.advance(1_500);
      frames = [...first.frames];
      const after = Math.max(0, ...dataOf(frames).map(({ seq }) => seq));
      const second = await platform.stream.connect(who(platform.clock));
      await second.say({ type: 'start', id: '1', payload: { subscribe: { run: run as `run_${string}`, after } } });
      await platform.time.runUntilIdle();
      return { frames: [...frames, ...second.frames], after };
    }
    await platform.time.runUntilIdle();
    return { frames: [...first.frames], after: 0 };
  }

  test('chunks of a file, live figures and words of a model come numbered without a gap, each agent in its order', async () => {
    const { frames } = await follow();
    const seqs = dataOf(frames).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, at) => (seqs[0] ?? 1) + at));
    const chunks = (task: string) =>
      partials(frames, task).map(({ current_step }) => Number(current_step?.replace('processing_chunk_', '')));
    // What was told before anybody followed is not kept.
    expect(chunks('file').slice(-3)).toEqual([2, 3, 4]);
    expect(chunks('words').length).toBeGreaterThan(0);
    expect(chunks('words')).toEqual(chunks('words').toSorted((one, other) => one - other));
    const words = partials(frames, 'summary').filter(({ current_step }) => current_step === 'generating');
    expect(said).toContain(
      words
        .map(({ partial_result }) => partial_result)
        .join('')
        .trim(),
    );
    expect(frames.at(-1)).toMatchObject({ type: 'complete' });
  });

  test('whoever was cut off goes on behind the last number, and misses nothing', async () => {
    const { frames, after } = await follow(true);
    expect(after).toBeGreaterThan(0);
    const seqs = [...new Set(dataOf(frames).map(({ seq }) => seq))];
    expect(seqs).toEqual(seqs.map((_, at) => (seqs[0] ?? 1) + at));
    expect(partials(frames, 'file').map(({ current_step }) => current_step)).toContain('processing_chunk_4');
    expect(frames.at(-1)).toMatchObject({ type: 'complete' });
  });
});

describe('an agent that dies in the middle', () => {
  test('the next delivery of a live analysis goes on behind the steps on record, and counts nothing twice', async () => {
    let chunks = 0;
    const between = async (ctx: Parameters<typeof sleep>[0]) => {
      chunks += 1;
      if (chunks === 14) fleet?.platform.processes.get('stream-analyst')?.kill();
      await sleep(ctx, 100);
    };
    const world = await begin({ between });
    const run = await world.run(
      workflow([{ id: 'do', type: 'streaming_analysis', input: { file: 'in/readings.csv', chunk_characters: 150 } }]),
    );
    const { figures } = StreamingResult.parse(run.result?.do);
    // Ten chunks were on record; the four after them are done again, those before are not.
    expect(chunks).toBe((figures.chunks ?? 0) + 4);
    expect(figures.lines).toBe(399);
    expect(figures.chunks).toBeGreaterThan(15);
  });

  test('another supervisor takes over, with what the agents had answered already', async () => {
    const GOAL = { goal: 'What did a keeper do every evening?', documents: [{ title: 'Lighthouses', text: ARTICLE }] };
    let lives = 0;
    // Works until its parts have answered, then never says a word again.
    const dying: Agent = {
      ...supervisor,
      tasks: {
        'work.supervise': async (input: unknown, ctx: Parameters<Agent['tasks'][string]>[1]) => {
          lives += 1;
          if (lives > 2) return new Promise<never>(() => {});
          return supervisor.tasks['work.supervise'](input as never, ctx as never);
        },
      },
    };
    fleet = await taskFleet({ agents: taskAgents([dying]), patienceMs: 500 });
    const run = await fleet.run('tasks.supervised', GOAL);
    expect(run.status).toBe('completed');
    expect(run.tasks.supervise?.agent).toBe('deputy');
    const planned = Object.values(run.tasks).filter(({ id }) => /^supervise\.\.\d+-call/.test(id));
    // The plan was made once, for the one who died: the deputy has its answer from the record.
    expect(planned.filter(({ agent }) => agent === 'planner')).toMatchObject([{ attempt: 1 }]);
  });
});

describe('chunks', () => {
  const cut = async (text: string, size: number, piece = 7): Promise<Chunk[]> => {
    async function* pieces() {
      for (let at = 0; at < text.length; at += piece) yield text.slice(at, at + piece);
    }
    const { chunks } = await chunked(pieces(), size, text.length);
    const all: Chunk[] = [];
    for await (const chunk of chunks) all.push(chunk);
    return all;
  };

  test('are the same however the text comes in, end with lines, and leave nothing out', async () => {
    const one = await cut(TABLE, 300, 1);
    const other = await cut(TABLE, 300, 100_000);
    expect(one).toEqual(other);
    expect(one.map(({ text }) => text).join('')).toBe(TABLE.slice(TABLE.indexOf('\n') + 1));
    expect(one.slice(0, -1).every(({ text }) => text.endsWith('\n'))).toBe(true);
    expect(one[0]?.fromLine).toBe(2);
  });

  test('hold whole rows of a table, however long they are', async () => {
    const rows = Array.from({ length: 5 }, (_, n) => `${n},${'9'.repeat(250)}`);
    const all = await cut(`a,b\r\n${rows.join('\r\n')}`, 100);
    expect(all.flatMap(({ rows: cells = [] }) => cells)).toEqual(rows.map((row) => row.split(',')));
    expect(await cut(`a,b\n${rows.join('\n')}`, 100, 1)).toEqual(await cut(`a,b\n${rows.join('\n')}`, 100, 10_000));
  });

  test('are never more than steps can remember: those of a long text are larger', async () => {
    const all = await cut('0123456 89\n'.repeat(60_000), 100, 50_000);
    expect(all.length).toBeGreaterThan(1_000);
    expect(all.length).toBeLessThan(2_100);
  });

  test('a mark of UTF-8 is no part of the first name, and single returns make no table', async () => {
    async function* once(text: string) {
      yield text;
    }
    expect((await chunked(once('\ufeffa,b\n1,2\n'), 100, 10)).columns).toEqual(['a', 'b']);
    expect((await chunked(once('a,b\r1,2\r3,4\r'), 100, 12)).columns).toEqual([]);
  });

  test('a line that is longer than a chunk is cut', async () => {
    expect((await cut('x'.repeat(250), 100)).map(({ text }) => text.length)).toEqual([100, 100, 50]);
  });
});
