import { afterEach, describe, expect, test } from '@jest/globals';
import { DataError, SystemError } from '../../../../lambdas/contracts/errors.ts';
import type { Json } from '../../../../lambdas/contracts/json.ts';
import type { UsableTool } from '../../../../lambdas/runtime/model.ts';
import { at, modelPlayer } from '../../../support/models/model-player.ts';
import {
  asksFor,
  type Reaction,
  type SeenRequest,
  says,
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

const weather = (run: UsableTool['run']): UsableTool => ({
  ...{ name: 'weather', description: 'The weather of a city' },
  input: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  run,
});
const asks = (city: string, id?: string): Reaction => asksFor('weather', JSON.stringify({ city }), id);

describe('a conversation with tools', () => {
  test('goes on until the model is done, and tells it what its tools answered', async () => {
    const { baseUrl, seen } = await endpoint((_, count) => (count === 1 ? asks('Rome') : says('It is sunny.')));
    const asked: Json[] = [];
    const agent = modelPlayer({ fast: at(baseUrl) }, async (ctx) => {
      const tool = weather(async (input) => {
        asked.push(input);
        return { sky: 'clear' };
      });
      const { answer, turns, messages } = await ctx.model('fast').converse({ prompt: 'Rome?', tools: [tool] });
      return [answer.text, turns, messages.length];
    });
    expect(await agent.deliver()).toMatchObject({ status: 'completed', result: { value: ['It is sunny.', 2, 4] } });
    expect(asked).toEqual([{ city: 'Rome' }]);
    expect(seen[0]?.body.tools).toMatchObject([
      { function: { name: 'weather', description: 'The weather of a city' } },
    ]);
    expect(seen[1]?.body.messages).toMatchObject([
      { role: 'user' },
      { role: 'assistant', tool_calls: [{ id: 'call_1', function: { name: 'weather' } }] },
      { role: 'tool', tool_call_id: 'call_1', content: '{"sky":"clear"}' },
    ]);
  });

  test.each<[string, Reaction, RegExp]>([
    ['a tool that there is not', asksFor('launch', '{}'), /there is no tool launch; there are: weather/],
    ['arguments that are no JSON', asksFor('weather', '{"city"'), /the arguments are not JSON/],
    ['something that the tool refuses', asks('Atlantis'), /no_such_city: it sank/],
  ])('tells the model when it asks for %s', async (_, reaction, told) => {
    const { baseUrl, seen } = await endpoint((_request, count) => (count === 1 ? reaction : says('Sorry.')));
    const agent = modelPlayer({ fast: at(baseUrl) }, async (ctx) => {
      const tool = weather(async () => {
        throw new DataError('no_such_city', 'it sank');
      });
      return (await ctx.model('fast').converse({ prompt: 'x', tools: [tool] })).answer.text;
    });
    expect(await agent.deliver()).toMatchObject({ status: 'completed', result: { value: 'Sorry.' } });
    expect(JSON.stringify(seen[1]?.body.messages)).toMatch(told);
  });

  test('ends the attempt when a tool fails in a way that may pass', async () => {
    const { baseUrl } = await endpoint(() => asks('Rome'));
    const agent = modelPlayer({ fast: at(baseUrl) }, async (ctx) => {
      const tool = weather(async () => {
        throw new SystemError('weather_down', 'no answer');
      });
      return (await ctx.model('fast').converse({ prompt: 'x', tools: [tool] })).answer.text;
    });
    expect(await agent.deliver()).toMatchObject({ status: 'failed', error: { code: 'weather_down', class: 'system' } });
  });

  test('with a model that never stops asking ends at its last turn, with what it asked', async () => {
    const { baseUrl, seen } = await endpoint((_, count) => asks(`city ${count}`, `call_${count}`));
    const agent = modelPlayer(
      { fast: at(baseUrl) },
      async (ctx) =>
        (await ctx.model('fast').converse({ prompt: 'x', tools: [weather(async () => 'rain')], maxTurns: 5 })).answer
          .text,
    );
    expect(await agent.deliver()).toMatchObject({
      status: 'failed',
      error: { code: 'model_turns_used_up', class: 'non_recoverable', details: { turns: 5 } },
      usage: { model_calls: 5 },
    });
    expect(seen).toHaveLength(5);
  });

  test('with a model that asks for the same again and again ends after three times', async () => {
    const { baseUrl, seen } = await endpoint((_, count) => asks('Rome', `call_${count}`));
    let runs = 0;
    const agent = modelPlayer({ fast: at(baseUrl) }, async (ctx) => {
      const tool = weather(async () => {
        runs += 1;
        return 'rain';
      });
      return (await ctx.model('fast').converse({ prompt: 'x', tools: [tool], maxTurns: 50 })).answer.text;
    });
    expect(await agent.deliver()).toMatchObject({
      status: 'failed',
      error: { code: 'model_loops', details: { tools: 'weather' } },
    });
    expect(seen).toHaveLength(3);
    expect(runs).toBe(2);
  });

  test('shows the model only the beginning of a result that is too long', async () => {
    const { baseUrl, seen } = await endpoint((_, count) => (count === 1 ? asks('Rome') : says('Long.')));
    const agent = modelPlayer(
      { fast: at(baseUrl) },
      async (ctx) =>
        (await ctx.model('fast').converse({ prompt: 'x', tools: [weather(async () => 'x'.repeat(200_000))] })).answer
          .text,
    );
    expect(await agent.deliver()).toMatchObject({ status: 'completed' });
    const told = JSON.stringify(seen[1]?.body.messages);
    expect(told.length).toBeLessThan(60_000);
    expect(told).toContain('[cut: 150000 more characters]');
  });

  test('that has grown longer than the context fails for good, whatever its tools have answered by then', async () => {
    const tooLong: Reaction = { status: 400, json: { error: { message: 'prompt is too long' } } };
    const { baseUrl, seen } = await endpoint((_, count) => (count === 1 ? asks('Rome') : tooLong));
    const agent = modelPlayer(
      { fast: at(baseUrl) },
      async (ctx) =>
        (await ctx.model('fast').converse({ prompt: 'x', tools: [weather(async () => 'x'.repeat(20_000))] })).answer
          .text,
    );
    const failed = { status: 'failed', error: { code: 'context_too_long', class: 'non_recoverable' } };
    expect(await agent.deliver()).toMatchObject(failed);
    expect(await agent.deliver({ attempt: 2 })).toMatchObject(failed);
    expect(seen).toHaveLength(2);
  });

  test('goes on in the next attempt where it was: no turn is paid twice, and no tool runs twice', async () => {
    let isDown = true;
    const { baseUrl, seen } = await endpoint(({ body }) => {
      const said = JSON.stringify(body.messages);
      if (!said.includes('call_1')) return asks('Rome', 'call_1');
      if (!said.includes('call_2')) return asks('Oslo', 'call_2');
      return isDown ? { status: 503, text: 'down' } : says('Done.');
    });
    const ran: Json[] = [];
    const agent = modelPlayer({ fast: at(baseUrl) }, async (ctx) => {
      const tool = weather((input) =>
        ctx.step('weather', () => {
          ran.push(input);
          return 'rain';
        }),
      );
      return (await ctx.model('fast').converse({ prompt: 'x', tools: [tool] })).turns;
    });
    expect(await agent.deliver({ attempt: 1 })).toMatchObject({
      status: 'failed',
      error: { code: 'model_unavailable' },
    });
    expect(seen).toHaveLength(5);
    isDown = false;
    expect(await agent.deliver({ attempt: 2 })).toMatchObject({
      status: 'completed',
      result: { value: 3 },
      usage: { model_calls: 1 },
    });
    expect(seen).toHaveLength(6);
    expect(ran).toEqual([{ city: 'Rome' }, { city: 'Oslo' }]);
  });
});
