import { afterEach, describe, expect, test } from '@jest/globals';
import type { Json } from '../../../../lambdas/contracts/json.ts';
import { at, type Entry, modelPlayer, notedSpending } from '../../../support/models/model-player.ts';
import { type Reaction, type SeenRequest, says, scriptedEndpoint } from '../../../support/models/scripted-endpoint.ts';

const open: Array<{ close(): Promise<void> }> = [];
afterEach(async () => {
  for (const endpoint of open.splice(0)) await endpoint.close();
});

async function endpoint(script: (request: SeenRequest, count: number) => Reaction) {
  const made = await scriptedEndpoint(script);
  open.push(made);
  return made;
}

/** One vector for each text: how long it is, and its place. */
function vectors({ body }: SeenRequest): Reaction {
  const texts = Array.isArray(body.input) ? body.input.map(String) : [String(body.input)];
  const data = texts.map((text, index) => ({ object: 'embedding', index, embedding: [text.length, 0.5, -1] }));
  return {
    status: 200,
    json: {
      object: 'list',
      model: 'x',
      data,
      usage: { prompt_tokens: texts.length * 3, total_tokens: texts.length * 3 },
    },
  };
}

const embedding = { kind: 'embedding' };
const lengths = (found: readonly Float32Array[]): Json[] => found.map((vector) => [...vector]);

describe('ctx.model(…).embed', () => {
  test('answers a vector for each text, in their order, in as few calls as may be', async () => {
    const { baseUrl, seen } = await endpoint(vectors);
    const texts = Array.from({ length: 130 }, (_, index) => 'x'.repeat(index + 1));
    const agent = modelPlayer({ embed: at(baseUrl, embedding) }, async (ctx) =>
      lengths(await ctx.model('embed').embed(texts)).slice(0, 2),
    );
    expect(await agent.deliver()).toMatchObject({
      status: 'completed',
      result: {
        value: [
          [1, 0.5, -1],
          [2, 0.5, -1],
        ],
      },
      usage: { model_calls: 3, input_tokens: 390 },
    });
    expect(seen.map(({ body }) => (Array.isArray(body.input) ? body.input.length : 0))).toEqual([64, 64, 2]);
  });

  test('is paid once, however often its task runs, and the vectors are the same to the last bit', async () => {
    const { baseUrl, seen } = await endpoint(vectors);
    const agent = modelPlayer({ embed: at(baseUrl, embedding) }, async (ctx) => {
      const found = await ctx.model('embed').embed(['one', 'three']);
      await ctx.wait({ seconds: 1 });
      return lengths(found);
    });
    const { last } = await agent.play();
    expect(last).toMatchObject({
      status: 'completed',
      attempt: 2,
      result: {
        value: [
          [3, 0.5, -1],
          [5, 0.5, -1],
        ],
      },
    });
    expect(seen).toHaveLength(1);
  });

  test('of nothing asks nobody; of an empty text is refused', async () => {
    const { baseUrl, seen } = await endpoint(vectors);
    const agent = modelPlayer({ embed: at(baseUrl, embedding) }, async (ctx) =>
      lengths(await ctx.model('embed').embed([])),
    );
    expect(await agent.deliver()).toMatchObject({ status: 'completed', result: { value: [] } });
    const empty = modelPlayer({ embed: at(baseUrl, embedding) }, async (ctx) =>
      lengths(await ctx.model('embed').embed(['x', ' '])),
    );
    expect(await empty.deliver()).toMatchObject({ status: 'failed', error: { code: 'bad_model_request' } });
    expect(seen).toEqual([]);
  });

  test('by a service that is down ends the attempt as an outage, without vectors', async () => {
    const { baseUrl } = await endpoint(() => ({ status: 503, text: 'down' }));
    const notes: Entry[] = [];
    const agent = modelPlayer(
      { embed: at(baseUrl, embedding) },
      async (ctx) => lengths(await ctx.model('embed').embed(['x'])),
      { spending: notedSpending(notes) },
    );
    expect(await agent.deliver()).toMatchObject({
      status: 'failed',
      error: { code: 'model_unavailable', class: 'system' },
    });
    expect(notes.filter((note) => 'settled' in note)).toEqual([]);
  });

  test('by a service that answers too few vectors is an outage too', async () => {
    const { baseUrl } = await endpoint(() => ({
      status: 200,
      json: { data: [{ embedding: [1] }], usage: { prompt_tokens: 1 } },
    }));
    const agent = modelPlayer({ embed: at(baseUrl, embedding) }, async (ctx) =>
      lengths(await ctx.model('embed').embed(['x', 'y'])),
    );
    expect(await agent.deliver()).toMatchObject({ status: 'failed', error: { code: 'model_unavailable' } });
  });

  test('is not for a model that chats, nor the other way round', async () => {
    const { baseUrl, seen } = await endpoint(() => says('x'));
    const chat = modelPlayer({ fast: at(baseUrl) }, async (ctx) => lengths(await ctx.model('fast').embed(['x'])));
    expect(await chat.deliver()).toMatchObject({
      status: 'failed',
      error: { code: 'wrong_kind_of_model', class: 'data' },
    });
    const embed = modelPlayer(
      { embed: at(baseUrl, embedding) },
      async (ctx) => (await ctx.model('embed').generate({ prompt: 'x' })).text,
    );
    expect(await embed.deliver()).toMatchObject({ status: 'failed', error: { code: 'wrong_kind_of_model' } });
    expect(seen).toEqual([]);
  });
});
