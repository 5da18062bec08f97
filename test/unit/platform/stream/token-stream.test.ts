import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { countingIds, virtualClock } from '../../../../lambdas/adapters/memory/virtual-clock.ts';
import { defineManifest } from '../../../../lambdas/contracts/manifest.ts';
import { TokenPiece } from '../../../../lambdas/contracts/stream-messages.ts';
import { createTokenStreams } from '../../../../lambdas/runtime/models/token-stream.ts';

const manifest = defineManifest({
  name: 'writer',
  description: 'Writes',
  errorImpact: 'Nobody but this test notices at all.',
  capabilities: { write: { description: 'Writes', input: z.string(), output: z.string() } },
});
const WORK = { manifest, tenant: 'acme', runId: `run_${'a'.repeat(40)}`, taskId: 'write', attempt: 2 };

function stage({ followed = true, takesMs = 0, fails = false } = {}) {
  const clock = virtualClock();
  const sent: TokenPiece[] = [];
  const warned: string[] = [];
  let asked = 0;
  let isFollowed = followed;
  const log = () => {};
  const open = createTokenStreams({
    clock,
    ids: countingIds(),
    logger: { debug: log, info: log, error: log, warn: (message) => void warned.push(message) },
    queue: 'memory://stream.fifo',
    watches: {
      isWatched: async () => {
        asked += 1;
        return isFollowed;
      },
    },
    queues: {
      send: async (_url, messages) => {
        if (takesMs > 0) await new Promise<void>((resolve) => void clock.after(takesMs, resolve));
        if (fails) throw new Error('the queue is gone');
        sent.push(...messages.map(({ body }) => TokenPiece.parse(JSON.parse(body))));
      },
    },
  });
  const rest = () => new Promise<void>((resolve) => setImmediate(resolve));
  async function pass(ms: number): Promise<void> {
    await rest();
    const end = clock.now() + ms;
    for (let at = clock.nextTimerAt(); at !== undefined && at <= end; at = clock.nextTimerAt()) {
      clock.moveTo(at);
      clock.fireDue();
      await rest();
    }
    clock.moveTo(end);
  }
  return {
    ...{ sent, warned, clock, pass, rest, tokens: open(WORK) },
    asked: () => asked,
    begin: () => {
      isFollowed = true;
    },
  };
}

describe('the pieces of a model’s answer', () => {
  test('go out in order, all of them, in messages of what came within thirty milliseconds', async () => {
    const { sent, tokens, pass } = stage();
    const pieces = Array.from({ length: 64 }, (_, n) => `t${n} `);
    for (const piece of pieces) {
      tokens.text(piece);
      await pass(10);
    }
    const end = tokens.end();
    await pass(600);
    await end;
    expect(sent.map(({ text }) => text).join('')).toBe(pieces.join(''));
    expect(sent.map(({ n }) => n)).toEqual(sent.map((_, place) => place));
    expect(sent.length).toBeLessThan(30);
    expect(sent[0]).toMatchObject({ run_id: WORK.runId, task_id: 'write', agent: 'writer', attempt: 2, text: 't0 ' });
  });

  test('are left out, and counted, when nobody takes them: the agent never waits', async () => {
    const { sent, tokens, pass } = stage({ takesMs: 10_000 });
    tokens.text('first');
    await pass(1);
    for (let n = 0; n < 100; n += 1) tokens.text('x'.repeat(1_000));
    await pass(30_000);
    expect(sent.map(({ text, dropped }) => [text.length, dropped])).toEqual([
      [5, undefined],
      [32_768, 100_000 - 32_768],
    ]);
  });

  test('are sent to nobody when nobody follows, and it is asked every two seconds', async () => {
    const { sent, tokens, pass, asked, begin } = stage({ followed: false });
    for (let n = 0; n < 50; n += 1) {
      tokens.text('x');
      await pass(50);
    }
    expect([sent.length, asked()]).toEqual([0, 2]);
    begin();
    await pass(2_000);
    tokens.text('now');
    await pass(100);
    expect(sent).toMatchObject([{ text: 'now', n: 0 }]);
  });

  test('hold up the end by half a second at most', async () => {
    const { tokens, pass, rest } = stage({ takesMs: 60_000 });
    tokens.text('x');
    await rest();
    let ended = false;
    void tokens.end().then(() => {
      ended = true;
    });
    await pass(499);
    expect(ended).toBe(false);
    await pass(1);
    await rest();
    expect(ended).toBe(true);
  });

  test('may be lost, and nothing but a line in the log comes of it', async () => {
    const { tokens, pass, warned, sent } = stage({ fails: true });
    tokens.text('x');
    await pass(100);
    await tokens.end();
    expect([sent, warned]).toEqual([[], ['pieces of an answer could not be passed on']]);
  });
});
