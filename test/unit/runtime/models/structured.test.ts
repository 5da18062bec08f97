import { afterEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
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

const Cat = z.object({ name: z.string().min(1), legs: z.number().int() });

function catAgent(baseUrl: string, more: Record<string, unknown> = {}, overrides = {}) {
  return modelPlayer(
    { fast: at(baseUrl, more) },
    async (ctx) => (await ctx.model('fast').object({ prompt: 'A cat?' }, Cat)).object,
    overrides,
  );
}

describe('a structured answer', () => {
  test('fits its schema, which the endpoint is held to', async () => {
    const { baseUrl, seen } = await endpoint(() => says('{"name":"Tom","legs":4}'));
    expect(await catAgent(baseUrl).deliver()).toMatchObject({
      status: 'completed',
      result: { value: { name: 'Tom', legs: 4 } },
    });
    expect(seen[0]?.body.response_format).toMatchObject({
      type: 'json_schema',
      json_schema: { name: 'answer', strict: true, schema: { type: 'object', required: ['name', 'legs'] } },
    });
  });

  test.each([
    ['json', { type: 'json_object' }],
    ['prompt', undefined],
  ])('from an endpoint that knows no schemas (%s) is asked for in words', async (structured, format) => {
    const { baseUrl, seen } = await endpoint(() => says('```json\n{"name":"Tom","legs":4}\n```'));
    expect(await catAgent(baseUrl, { structured }).deliver()).toMatchObject({ status: 'completed' });
    expect(seen[0]?.body.response_format).toEqual(format);
    expect(JSON.stringify(seen[0]?.body.messages)).toContain('JSON Schema');
  });

  test.each([
    ['is broken JSON', '{"name": "Tom", "legs": ', 'it is not JSON'],
    ['is JSON in the middle of words', 'Sure! {"name":"Tom","legs":4}', 'it is not JSON'],
    ['does not fit', '{"name":"Tom","legs":"four"}', 'legs: '],
    ['is nothing', '', 'it is not JSON'],
  ])('that %s is asked for once more, with what is wrong with it', async (_, broken, problem) => {
    const { baseUrl, seen } = await endpoint((_request, count) =>
      says(count === 1 ? broken : '{"name":"Tom","legs":4}'),
    );
    expect(await catAgent(baseUrl).deliver()).toMatchObject({
      status: 'completed',
      result: { value: { name: 'Tom', legs: 4 } },
      usage: { model_calls: 2 },
    });
    const messages = seen[1]?.body.messages;
    expect(messages).toMatchObject([{ role: 'user' }, { role: 'assistant' }, { role: 'user' }]);
    expect(JSON.stringify(messages)).toContain(problem);
  });

  test('that is broken twice fails for good, with what the model said', async () => {
    const { baseUrl, seen } = await endpoint(() => says('no idea'));
    const notes: Entry[] = [];
    expect(await catAgent(baseUrl, {}, { spending: notedSpending(notes) }).deliver()).toMatchObject({
      status: 'failed',
      error: { code: 'model_output_invalid', class: 'non_recoverable', details: { model: 'fast', answer: 'no idea' } },
      usage: { model_calls: 2 },
    });
    expect(seen).toHaveLength(2);
    expect(notes.filter((note) => 'settled' in note)).toHaveLength(2);
  });

  test.each([
    ['was cut off', 'length', 'model_output_cut'],
    ['was held back', 'content_filter', 'model_output_filtered'],
  ])('that %s is not asked for again', async (_, finish, code) => {
    const { baseUrl, seen } = await endpoint(() => says('{"name":"To', finish));
    expect(await catAgent(baseUrl).deliver()).toMatchObject({
      status: 'failed',
      error: { code, class: 'non_recoverable' },
    });
    expect(seen).toHaveLength(1);
  });

  test('is asked for once, however often its task runs, its repair too', async () => {
    const { baseUrl, seen } = await endpoint((_, count) => says(count === 1 ? 'hm' : '{"name":"Tom","legs":4}'));
    const agent = modelPlayer({ fast: at(baseUrl) }, async (ctx) => {
      const { object } = await ctx.model('fast').object({ prompt: 'A cat?' }, Cat);
      await ctx.wait({ seconds: 10 });
      return object;
    });
    const { last } = await agent.play();
    expect(last).toMatchObject({ status: 'completed', attempt: 2, result: { value: { name: 'Tom', legs: 4 } } });
    expect(seen).toHaveLength(2);
  });
});
