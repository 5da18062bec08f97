import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { AgentContext } from '../../../../lambdas/runtime/agent.ts';
import { at, type Entry, modelPlayer, notedSpending } from '../../../support/models/model-player.ts';
import {
  lastPiece,
  piece,
  type Reaction,
  type SeenRequest,
  scriptedEndpoint,
} from '../../../support/models/scripted-endpoint.ts';

const open: Array<{ close(): Promise<void> }> = [];
afterEach(async () => {
  for (const endpoint of open.splice(0)) await endpoint.close();
});

async function endpoint(script: (request: SeenRequest, count: number) => Reaction) {
  const made = await scriptedEndpoint(script);
  open.push(made);
  return made;
}

/** Resolves when the agent of the test under way has read a piece. */
let read = Promise.withResolvers<void>();
beforeEach(() => {
  read = Promise.withResolvers();
});

/** What came, piece by piece, and how it ended. */
async function heard(ctx: AgentContext): Promise<string[]> {
  const pieces: string[] = [];
  for await (const part of ctx.model('fast').stream({ prompt: 'x' })) {
    read.resolve();
    if (part.type === 'text') pieces.push(part.text);
    else pieces.push(`end: ${part.answer.text} ${part.answer.finish} ${part.answer.usage.output_tokens}`);
  }
  return pieces;
}

describe('a streamed answer', () => {
  const whole: Reaction = { chunks: [piece('Once '), piece('upon'), piece('', 'stop'), lastPiece], end: 'done' };

  test('comes piece by piece, then as a whole with what it used', async () => {
    const { baseUrl, seen } = await endpoint(() => whole);
    expect(await modelPlayer({ fast: at(baseUrl) }, heard).deliver()).toMatchObject({
      status: 'completed',
      result: { value: ['Once ', 'upon', 'end: Once upon stop 5'] },
      usage: { model_calls: 1, output_tokens: 5 },
    });
    expect(seen[0]?.body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });

  test('is one piece when it comes from the record', async () => {
    const { baseUrl, seen } = await endpoint(() => whole);
    const agent = modelPlayer({ fast: at(baseUrl) }, async (ctx) => {
      const pieces = await heard(ctx);
      await ctx.wait({ seconds: 5 });
      return pieces;
    });
    const { last } = await agent.play();
    expect(last).toMatchObject({ status: 'completed', result: { value: ['Once upon', 'end: Once upon stop 5'] } });
    expect(seen).toHaveLength(1);
  });

  test.each<[string, Reaction | undefined]>([
    ['dies in the middle', undefined],
    ['ends in the middle without a word', { chunks: [piece('Once ')], end: 'silence' }],
    ['says it is done without a reason', { chunks: [piece('Once ')], end: 'done' }],
    ['turns into something else', { chunks: [piece('Once '), '{"half": '], end: 'done' }],
    ['reports an error', { chunks: [piece('Once '), { error: { message: 'GPU on fire' } }], end: 'done' }],
  ])('that %s ends the attempt, and is paid in full', async (_, reaction) => {
    const dies: Reaction = { chunks: [piece('Once ')], end: read.promise };
    const { baseUrl, seen } = await endpoint(() => reaction ?? dies);
    const notes: Entry[] = [];
    const agent = modelPlayer({ fast: at(baseUrl) }, heard, { spending: notedSpending(notes) });
    expect(await agent.deliver()).toMatchObject({
      status: 'failed',
      error: { code: 'model_stream_broken', class: 'system' },
    });
    expect(seen).toHaveLength(1);
    expect(notes).toMatchObject([{ reserved: {} }, { settled: { output_tokens: 1_024 } }]);
  });

  test('that dies is asked for anew by the next attempt, and nothing of the half is taken for an answer', async () => {
    const { baseUrl } = await endpoint((_, count) =>
      count === 1 ? { chunks: [piece('Twice ')], end: read.promise } : whole,
    );
    const agent = modelPlayer({ fast: at(baseUrl) }, heard);
    expect(await agent.deliver({ attempt: 1 })).toMatchObject({ status: 'failed' });
    expect(await agent.deliver({ attempt: 2 })).toMatchObject({
      status: 'completed',
      result: { value: ['Once ', 'upon', 'end: Once upon stop 5'] },
    });
  });

  test('that fails before its first piece is asked for again at once', async () => {
    const { baseUrl, seen } = await endpoint((_, count) => (count === 1 ? { status: 503, text: 'no' } : whole));
    expect(await modelPlayer({ fast: at(baseUrl) }, heard).deliver()).toMatchObject({ status: 'completed' });
    expect(seen).toHaveLength(2);
  });

  test('that nobody reads to its end is recorded all the same', async () => {
    const { baseUrl, seen } = await endpoint(() => whole);
    const agent = modelPlayer({ fast: at(baseUrl) }, async (ctx) => {
      for await (const part of ctx.model('fast').stream({ prompt: 'x' })) return part.type;
      return 'nothing';
    });
    expect(await agent.deliver()).toMatchObject({ status: 'completed', result: { value: 'text' } });
    expect(await agent.deliver({ receiveCount: 2 })).toMatchObject({ status: 'completed', result: { value: 'text' } });
    expect(seen).toHaveLength(1);
  });
});
