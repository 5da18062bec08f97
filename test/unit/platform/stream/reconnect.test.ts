import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ServerFrame } from '../../../../lambdas/contracts/stream.ts';
import { createStreamReader, type FollowedFrame } from '../../../../lambdas/contracts/stream-reader.ts';
import {
  type Fate,
  followRun,
  numbersOf,
  piece,
  RUN,
  runDone,
  runEvents,
  streamWorld,
  taskDone,
} from './stream-world.ts';

/** What can happen between a run and somebody who follows it. */
type Step =
  | { readonly what: 'tokens' | 'task'; readonly count: number }
  | { readonly what: 'again' }
  | { readonly what: 'drop'; readonly told: boolean }
  | { readonly what: 'connect' | 'ping' | 'restart' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ what: fc.constantFrom('tokens', 'task'), count: fc.integer({ min: 1, max: 70 }) }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('again') }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('drop'), told: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constantFrom('connect', 'ping', 'restart') }) },
) as fc.Arbitrary<Step>;
const fates = fc.array(fc.constantFrom<Fate>('sent', 'sent', 'sent', 'lost', 'twice', 'gone', 'slow'), {
  minLength: 1,
  maxLength: 40,
});

describe('a client that comes back with the last number it has', () => {
  test('gets every frame once and in order, whatever is lost, comes twice or breaks on the way', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fates, fc.integer(), async (steps, plan, shuffle) => {
        let turn = 0;
        let isCalm = false;
        const world = streamWorld({
          fate: ({ type }) => {
            turn += 1;
            return isCalm || type === 'connection_ack' ? 'sent' : (plan[turn % plan.length] ?? 'sent');
          },
        });
        world.addRun();
        const reader = createStreamReader('op');
        const read: FollowedFrame[] = [];
        let connection = await world.connect();
        let told: Parameters<typeof world.tell>[0] = [];
        let tokens = 0;
        let tasks = 0;
        const expected: string[] = [];
        /** What has arrived, in any order. */
        const take = (): void => {
          const frames = connection.frames.splice(0);
          for (const frame of reordered(frames, shuffle)) read.push(...reader.take(frame));
        };
        const follow = (): Promise<void> => connection.say(followRun('op', reader.position));
        const reconnect = async (): Promise<void> => {
          take();
          connection = await world.connect();
          await follow();
        };
        await follow();
        for (const { what, ...more } of steps) {
          if (what === 'tokens' && 'count' in more) {
            told = Array.from({ length: more.count }, () => piece(tokens++, `t${tokens} `));
            expected.push(...told.map((one) => ('text' in one ? String(one.text) : '')));
            await world.tell(told);
          } else if (what === 'task' && 'count' in more) {
            const done = Array.from({ length: Math.min(10, more.count) }, () => taskDone(`task${tasks++}`));
            expected.push(...done.map(({ more: { task_id } }) => task_id));
            told = [runEvents(...done)];
            await world.tell(told);
          } else if (what === 'again') await world.tell(told, 2);
          else if (what === 'restart') world.restart();
          else if (what === 'ping') await connection.say({ type: 'ping' });
          else if (what === 'drop') await connection.drop('told' in more && more.told);
          else await reconnect();
          take();
        }
        await world.tell([runEvents(runDone())]);
        isCalm = true;
        await reconnect();
        take();
        expect(reader.ended).toBe(true);
        expect(numbersOf(read)).toEqual(Array.from({ length: expected.length + 1 }, (_, place) => place + 1));
        expect(read.map(textOf)).toEqual([...expected, 'complete']);
        return;
      }),
      { numRuns: 300 },
    );
  });

  test('misses nothing that is said while it comes, in whatever order the stores answer', async () => {
    const pauses = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 5, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(pauses, fc.integer({ min: 1, max: 6 }), async (plan, batches) => {
        let call = 0;
        const world = streamWorld({
          turns: () => {
            call += 1;
            return plan[call % plan.length] ?? 0;
          },
        });
        world.addRun();
        const first = await world.connect();
        await first.say(followRun());
        const second = await world.connect();
        const telling = async (): Promise<void> => {
          for (let n = 0; n < batches; n += 1) await world.tell([piece(n, `t${n}`)]);
        };
        await Promise.all([telling(), second.say(followRun('late'))]);
        const heard = new Set(numbersOf(second.frames));
        expect([...heard].sort((a, b) => a - b)).toEqual(Array.from({ length: batches }, (_, n) => n + 1));
      }),
      { numRuns: 500 },
    );
  });

  test('begins anew where two containers write the same log', async () => {
    const world = streamWorld();
    world.addRun();
    const connection = await world.connect();
    await connection.say(followRun());
    await world.tell([piece(0, 'a')]);
    // A zombie of the first container writes what it still holds, at the number that it thinks is next.
    await world.log.append('acme', `run:${RUN}`, { first: 2, records: [zombies] }, 0);
    await world.tell([piece(1, 'b')]);
    const again = await world.connect();
    await again.say(followRun());
    expect(numbersOf(again.frames)).toEqual([1, 2, 3]);
    expect(again.frames.map(textOf).filter((text) => text !== '')).toEqual(['a', 'z', 'b']);
  });
});

const zombies = {
  id: 'zombie',
  body: { type: 'data', payload: { partial_result: 'z', at: '2026-01-01T00:00:00.000Z' } },
} as const;

function textOf(frame: ServerFrame): string {
  if (frame.type === 'complete') return 'complete';
  if (frame.type !== 'data') return '';
  return String(frame.payload.partial_result ?? frame.payload.task_id ?? '');
}

/** A fixed disorder. */
function reordered(frames: readonly ServerFrame[], by: number): ServerFrame[] {
  return frames
    .map((frame, place) => ({ frame, key: Math.imul(place + 1, (by | 1) >>> 0) % 7 }))
    .sort((a, b) => a.key - b.key)
    .map(({ frame }) => frame);
}
