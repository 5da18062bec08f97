import { afterEach, describe, expect, test } from '@jest/globals';
import { virtualWorld } from '../../../../lambdas/adapters/memory/memory-world.ts';
import type { AgentContext } from '../../../../lambdas/runtime/agent.ts';
import { createBudgets } from '../../../../lambdas/runtime/budgets/budgets.ts';
import { budgetExhausted, CheaperPlease } from '../../../../lambdas/runtime/budgets/guard.ts';
import { attempt, budgetRef } from '../../../support/budgets/attempt.ts';
import { RUN_ID } from '../../../support/factories.ts';
import { at, type Entry, modelPlayer, notedSpending } from '../../../support/models/model-player.ts';
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

async function endpoint(script: (request: SeenRequest, count: number) => Reaction | Promise<Reaction>) {
  const made = await scriptedEndpoint(script);
  open.push(made);
  return made;
}

describe('ctx.model', () => {
  test('answers, and says what it used and cost', async () => {
    const { baseUrl, seen } = await endpoint(() => says('Paris.'));
    const agent = modelPlayer({ fast: at(baseUrl) }, async (ctx) => {
      const answer = await ctx
        .model('fast')
        .generate({ system: 'Be brief.', prompt: 'The capital of France?', temperature: 0 });
      return { ...answer };
    });
    const update = await agent.deliver();
    expect(update).toMatchObject({
      status: 'completed',
      result: {
        value: {
          text: 'Paris.',
          finish: 'stop',
          model: 'fast',
          toolCalls: [],
          usage: { input_tokens: 20, output_tokens: 5 },
        },
      },
      usage: { input_tokens: 20, output_tokens: 5, model_calls: 1, tool_calls: 0, usd: 0.00007 },
    });
    expect(seen).toMatchObject([
      {
        path: '/v1/chat/completions',
        body: {
          model: 'scripted',
          max_tokens: 1024,
          temperature: 0,
          messages: [
            { role: 'system', content: 'Be brief.' },
            { role: 'user', content: 'The capital of France?' },
          ],
        },
      },
    ]);
  });

  test('is asked once, however often its task runs', async () => {
    const { baseUrl, seen } = await endpoint((_, count) => says(`answer ${count}`));
    const agent = modelPlayer({ fast: at(baseUrl) }, async (ctx) => {
      const first = await ctx.model('fast').generate({ prompt: 'one' });
      await ctx.wait({ seconds: 60 });
      const second = await ctx.model('fast').generate({ prompt: 'two' });
      return [first.text, second.text];
    });
    const { last } = await agent.play();
    expect(last).toMatchObject({ status: 'completed', attempt: 2, result: { value: ['answer 1', 'answer 2'] } });
    expect(last).toMatchObject({ usage: { model_calls: 1 } });
    expect(seen).toHaveLength(2);
  });

  test('that the manifest does not name is not there', async () => {
    const agent = modelPlayer({ fast: at('http://127.0.0.1:9/v1') }, async (ctx) => {
      ctx.model('smart');
      return null;
    });
    expect(await agent.deliver()).toMatchObject({
      status: 'failed',
      error: { code: 'model_not_declared', class: 'data' },
    });
  });

  test('is given its key, which is read from a secret for each call', async () => {
    const { baseUrl, seen } = await endpoint(() => says('yes'));
    const agent = modelPlayer(
      { fast: at(baseUrl, { secret: 'models/key' }) },
      async (ctx) => (await ctx.model('fast').generate({ prompt: 'x' })).text,
    );
    await agent.deliver();
    expect(seen[0]?.headers.authorization).toBe('Bearer key of models/key');
  });

  test.each([
    ['nothing to answer', {}],
    ['both a prompt and messages', { prompt: 'x', messages: [{ role: 'user' as const, content: 'x' }] }],
    ['an empty message', { prompt: '  ' }],
    [
      'a result that nobody asked for',
      { messages: [{ role: 'tool' as const, toolCallId: '1', name: 'x', result: 1 }] },
    ],
    ['a conversation that has ended', { messages: [{ role: 'assistant' as const, content: 'bye' }] }],
  ])('refuses a request with %s, unsent', async (_, request) => {
    const { baseUrl, seen } = await endpoint(() => says('?'));
    const agent = modelPlayer({ fast: at(baseUrl) }, async (ctx) => (await ctx.model('fast').generate(request)).text);
    expect(await agent.deliver()).toMatchObject({
      status: 'failed',
      error: { code: 'bad_model_request', class: 'data' },
    });
    expect(seen).toEqual([]);
  });
});

describe('a provider that fails', () => {
  test('is tried again, and the answer counts once', async () => {
    const { baseUrl, seen } = await endpoint((_, count) => (count < 3 ? { status: 503, text: 'busy' } : says('late')));
    const notes: Entry[] = [];
    const agent = modelPlayer(
      { fast: at(baseUrl) },
      async (ctx) => (await ctx.model('fast').generate({ prompt: 'x' })).text,
      {
        spending: notedSpending(notes),
      },
    );
    expect(await agent.deliver()).toMatchObject({
      status: 'completed',
      result: { value: 'late' },
      usage: { model_calls: 1 },
    });
    expect(seen).toHaveLength(3);
    expect(notes.map((note) => Object.keys(note)[0])).toEqual([
      'reserved',
      'released',
      'reserved',
      'released',
      'reserved',
      'settled',
    ]);
  });

  test('for good ends the attempt as an outage, after three tries', async () => {
    const { baseUrl, seen } = await endpoint(() => ({ status: 500, json: { error: { message: 'out of memory' } } }));
    const agent = modelPlayer(
      { fast: at(baseUrl) },
      async (ctx) => (await ctx.model('fast').generate({ prompt: 'x' })).text,
    );
    const update = await agent.deliver();
    expect(update).toMatchObject({ status: 'failed', error: { code: 'model_unavailable', class: 'system' } });
    expect(JSON.stringify(update)).toContain('500: out of memory');
    expect(seen).toHaveLength(3);
  });

  test('is an answer to an agent that works without models, and the same one when its task runs again', async () => {
    const { baseUrl, seen } = await endpoint((_, count) => (count <= 3 ? { status: 503, text: 'down' } : says('back')));
    const agent = modelPlayer(
      { fast: at(baseUrl) },
      async (ctx) => {
        const model = ctx.model('fast');
        const first = await model.generate({ prompt: 'x' }).catch(({ code }: { code: string }) => code);
        await ctx.wait({ seconds: 1 });
        return [typeof first === 'string' ? first : first.text, (await model.generate({ prompt: 'y' })).text];
      },
      {},
      { worksWithoutModels: true },
    );
    const { last } = await agent.play();
    expect(last).toMatchObject({ status: 'completed', result: { value: ['model_unavailable', 'back'] } });
    expect(seen).toHaveLength(4);
  });

  test('and may have worked before is paid in full from the budget', async () => {
    const { baseUrl } = await endpoint((_, count) => (count === 1 ? { half: '{"choices": [' } : says('there')));
    const notes: Entry[] = [];
    const agent = modelPlayer(
      { fast: at(baseUrl, { maxOutputTokens: 100 }) },
      async (ctx) => (await ctx.model('fast').generate({ prompt: 'x' })).text,
      {
        spending: notedSpending(notes),
      },
    );
    expect(await agent.deliver()).toMatchObject({ status: 'completed', result: { value: 'there' } });
    const [first, lost, second, answered] = notes;
    expect(first).toMatchObject({ reserved: { model: 'fast', calls: 1 } });
    if (!first || !('reserved' in first) || !lost || !('settled' in lost))
      throw new Error('the lost call is not settled');
    expect(lost.settled.usd).toBe(first.reserved.usd);
    expect(lost.settled.output_tokens).toBe(100);
    expect(second).toMatchObject({ reserved: {} });
    expect(answered).toMatchObject({ settled: { input_tokens: 20, output_tokens: 5 } });
    if (second && 'reserved' in second) expect(second.reserved.id).not.toBe(first.reserved.id);
  });

  test('with no answer in time is given up on', async () => {
    const { baseUrl, seen } = await endpoint(() => ({ hang: true }));
    const agent = modelPlayer(
      { fast: at(baseUrl, { timeoutSeconds: 5 }) },
      async (ctx) => (await ctx.model('fast').generate({ prompt: 'x' })).text,
    );
    const delivered = agent.deliver();
    for (let round = 1; round <= 3; round += 1) {
      while (seen.length < round) await new Promise((resolve) => setTimeout(resolve, 5));
      agent.clock.pass(5_000);
    }
    expect(await delivered).toMatchObject({
      status: 'failed',
      error: { code: 'model_unavailable', message: 'no answer within 5 s' },
    });
  });

  test('keeps a third of the time of an agent that works without it', async () => {
    const { baseUrl, seen } = await endpoint(() => ({ hang: true }));
    const agent = modelPlayer(
      { fast: at(baseUrl, { timeoutSeconds: 60 }) },
      (ctx) =>
        ctx
          .model('fast')
          .generate({ prompt: 'x' })
          .then(({ text }) => text)
          .catch((error: Error) => `otherwise: ${error.message}`),
      {},
      { worksWithoutModels: true, timeoutSeconds: 30 },
    );
    const delivered = agent.deliver();
    while (seen.length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    agent.clock.pass(20_000);
    expect(await delivered).toMatchObject({
      status: 'completed',
      result: { value: 'otherwise: no answer within 20 s' },
    });
  });

  test('that can not be reached costs nothing', async () => {
    const gone = await scriptedEndpoint(() => says('?'));
    await gone.close();
    const notes: Entry[] = [];
    const agent = modelPlayer(
      { fast: at(gone.baseUrl) },
      async (ctx) => (await ctx.model('fast').generate({ prompt: 'x' })).text,
      {
        spending: notedSpending(notes),
      },
    );
    expect(await agent.deliver()).toMatchObject({ status: 'failed', error: { code: 'model_unavailable' } });
    expect(notes.filter((note) => 'settled' in note)).toEqual([]);
  });

  test('leaves its work to its fallback', async () => {
    const down = await endpoint(() => ({ status: 503, text: 'down' }));
    const up = await endpoint(() => says('from the other'));
    const agent = modelPlayer({ smart: at(down.baseUrl, { fallback: 'fast' }), fast: at(up.baseUrl) }, async (ctx) => ({
      ...(await ctx.model('smart').generate({ prompt: 'x' })),
    }));
    expect(await agent.deliver()).toMatchObject({
      status: 'completed',
      result: { value: { text: 'from the other', model: 'fast' } },
    });
    expect(agent.logged).toContainEqual(expect.objectContaining({ message: 'another model takes over', next: 'fast' }));
  });

  test('five times within a minute is left alone for a minute, then tried once', async () => {
    let down = true;
    const { baseUrl, seen } = await endpoint(() => (down ? { status: 500, text: '' } : says('back')));
    const agent = modelPlayer(
      { fast: at(baseUrl) },
      async (ctx) => (await ctx.model('fast').generate({ prompt: 'x' })).text,
    );
    await agent.deliver({ attempt: 1 });
    await agent.deliver({ attempt: 2 });
    expect(seen).toHaveLength(5);
    expect(await agent.deliver({ attempt: 3 })).toMatchObject({
      status: 'failed',
      error: { code: 'model_unavailable' },
    });
    expect(seen).toHaveLength(5);
    down = false;
    agent.clock.pass(60_000);
    expect(await agent.deliver({ attempt: 4 })).toMatchObject({ status: 'completed', result: { value: 'back' } });
    expect(seen).toHaveLength(6);
  });
});

describe('a provider that is busy', () => {
  test('puts the task back for as long as it says, which is no failure and costs nothing', async () => {
    const { baseUrl, seen } = await endpoint((_, count) =>
      count === 1
        ? { status: 429, headers: { 'retry-after': '33' }, json: { error: { message: 'slow down' } } }
        : says('now'),
    );
    const notes: Entry[] = [];
    const agent = modelPlayer(
      { fast: at(baseUrl) },
      async (ctx) => (await ctx.model('fast').generate({ prompt: 'x' })).text,
      {
        spending: notedSpending(notes),
      },
    );
    const { updates } = await agent.play();
    expect(updates).toMatchObject([
      { status: 'delegated', tasks: [{ sleep: { seconds: 33 } }] },
      { status: 'completed', attempt: 2, result: { value: 'now' } },
    ]);
    expect(seen).toHaveLength(2);
    expect(notes.map((note) => Object.keys(note)[0])).toEqual(['reserved', 'released', 'reserved', 'settled']);
  });

  test('for good, because the account has no money, is not asked again', async () => {
    const { baseUrl } = await endpoint(() => ({
      status: 429,
      json: { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } },
    }));
    const agent = modelPlayer(
      { fast: at(baseUrl) },
      async (ctx) => (await ctx.model('fast').generate({ prompt: 'x' })).text,
    );
    expect(await agent.deliver()).toMatchObject({
      status: 'failed',
      error: { code: 'model_not_permitted', class: 'non_recoverable' },
    });
  });

  test('by our own rate is not even asked', async () => {
    const { baseUrl, seen } = await endpoint(() => says('?'));
    let refused = 0;
    const agent = modelPlayer(
      { fast: at(baseUrl, { tokensPerMinute: 1_000 }) },
      async (ctx) => (await ctx.model('fast').generate({ prompt: 'x' })).text,
      {
        bucket: {
          take: async (tenant, model) => {
            expect([tenant, model]).toEqual(['default', 'fast']);
            refused += 1;
            return refused === 1 ? { retryAfterMs: 4_100 } : { ok: true };
          },
          giveBack: () => {},
        },
      },
    );
    const { updates } = await agent.play();
    expect(updates[0]).toMatchObject({ status: 'delegated', tasks: [{ sleep: { seconds: 5 } }] });
    expect(updates[1]).toMatchObject({ status: 'completed' });
    expect(seen).toHaveLength(1);
  });
});

describe('a budget that goes on with cheaper models', () => {
  const cheap = { inputPerMillion: 0.1, outputPerMillion: 0.1 };
  const tooDear = (...names: string[]) =>
    notedSpending([], ({ model }) => {
      if (names.includes(model)) throw new CheaperPlease(0.01, budgetExhausted('0.01 USD are left', {}));
    });
  const ask = async (ctx: AgentContext) => (await ctx.model('smart').generate({ prompt: 'x' })).model;

  test('gets the next of the chain that is cheaper, whatever stands between', async () => {
    const { baseUrl, seen } = await endpoint(() => says('yes'));
    const models = {
      smart: at(baseUrl, { fallback: 'twin' }),
      twin: at(baseUrl, { fallback: 'small' }),
      small: at(baseUrl, { price: cheap }),
    };
    expect(await modelPlayer(models, ask, { spending: tooDear('smart', 'twin') }).deliver()).toMatchObject({
      result: { value: 'small' },
    });
    expect(seen).toHaveLength(1);
  });

  test('is exhausted when there is none: whose limit it was, and what the cheapest would take', async () => {
    const { baseUrl, seen } = await endpoint(() => says('yes'));
    const models = { smart: at(baseUrl, { fallback: 'small' }), small: at(baseUrl, { price: cheap }) };
    const { accounts, stops, clock } = virtualWorld();
    const budgets = [budgetRef({ usd: 0.000_01, atLimit: 'degrade' }, `${RUN_ID}/work`)];
    const spending = createBudgets({ accounts, stops, random: () => 0.5 })(attempt({ clock, budgets }));
    expect(await modelPlayer(models, ask, { spending }).deliver()).toMatchObject({
      status: 'failed',
      error: {
        ...{ code: 'budget_exhausted', class: 'non_recoverable' },
        message: expect.stringMatching(
          /^the budget of task "work" has 0.00001 USD left of .*, and small may take 0\.\d+ USD/,
        ),
        details: {
          ...{ budget: `${RUN_ID}/work`, used_up: 'usd', allowed: 0.000_01, left: 0.000_01, model: 'small' },
          wanted: expect.any(Number),
        },
      },
    });
    expect(seen).toEqual([]);
  });
});

describe('a pool', () => {
  test('has room for others while a call waits for its budget', async () => {
    const { baseUrl, seen } = await endpoint(() => says('yes'));
    const budget = Promise.withResolvers<void>();
    const ended: string[] = [];
    const spending = notedSpending([]);
    const agent = modelPlayer(
      { fast: at(baseUrl, { maxConcurrent: 1 }) },
      async (ctx) => {
        const ask = async (prompt: string): Promise<void> => {
          await ctx.model('fast').generate({ prompt });
          ended.push(prompt);
        };
        await Promise.all([ask('waits'), ask('has enough').finally(budget.resolve)]);
        return ended;
      },
      {
        spending: {
          ...spending,
          async reserve(call) {
            if (call.id.endsWith('/1')) await budget.promise;
            return spending.reserve(call);
          },
        },
      },
    );
    expect(await agent.deliver()).toMatchObject({ result: { value: ['has enough', 'waits'] } });
    expect(seen).toHaveLength(2);
  });

  test('whose places are taken for 30 s is exhausted: its work is tried again, and what it had reserved is free', async () => {
    const notes: Entry[] = [];
    const release = Promise.withResolvers<void>();
    const { baseUrl, seen } = await endpoint(async () => {
      await release.promise;
      return says('late');
    });
    const agent = modelPlayer(
      { fast: at(baseUrl, { maxConcurrent: 1, timeoutSeconds: 600 }) },
      async (ctx) => {
        const model = ctx.model('fast');
        const [one, other] = await Promise.all([model.generate({ prompt: '1' }), model.generate({ prompt: '2' })]);
        return [one.text, other.text];
      },
      { spending: notedSpending(notes) },
      { timeoutSeconds: 120 },
    );
    const delivered = agent.deliver();
    while (seen.length < 1) await new Promise((resolve) => setTimeout(resolve, 2));
    await new Promise((resolve) => setTimeout(resolve, 10));
    agent.clock.pass(30_000);
    release.resolve();
    expect(await delivered).toMatchObject({
      status: 'failed',
      error: { code: 'connection_pool_exhausted', class: 'recoverable' },
    });
    expect(notes.filter((note) => 'released' in note)).toHaveLength(1);
    expect(await agent.deliver({ attempt: 2 })).toMatchObject({
      status: 'completed',
      result: { value: ['late', 'late'] },
    });
    expect(seen).toHaveLength(2);
  });
});

describe('a request that the provider refuses', () => {
  test.each([
    [400, "This model's maximum context length is 8192 tokens", 'context_too_long'],
    [400, 'the request exceeds the available context size', 'context_too_long'],
    [413, 'payload too large', 'context_too_long'],
    [400, 'temperature must be below 2', 'model_request_refused'],
    [401, 'bad key', 'model_not_permitted'],
    [403, 'not for you', 'model_not_permitted'],
    [404, 'no such model', 'no_such_model'],
  ])('with %d "%s" fails for good as %s', async (status, message, code) => {
    const { baseUrl, seen } = await endpoint(() => ({ status, json: { error: { message } } }));
    const agent = modelPlayer(
      { fast: at(baseUrl) },
      async (ctx) => (await ctx.model('fast').generate({ prompt: 'x' })).text,
    );
    expect(await agent.deliver()).toMatchObject({ status: 'failed', error: { code, class: 'non_recoverable' } });
    expect(seen).toHaveLength(1);
  });

  test('is remembered as refused: the agent may go on another way, and does so each time', async () => {
    const { baseUrl, seen } = await endpoint((_, count) =>
      count === 1 ? { status: 400, json: { error: { message: 'prompt is too long' } } } : says('short'),
    );
    const agent = modelPlayer({ fast: at(baseUrl) }, async (ctx) => {
      const model = ctx.model('fast');
      const long = await model
        .generate({ prompt: 'long' })
        .catch((error: Error & { code?: string }) => error.code ?? '');
      await ctx.wait({ seconds: 1 });
      return [typeof long === 'string' ? long : long.text, (await model.generate({ prompt: 'short' })).text];
    });
    const { last } = await agent.play();
    expect(last).toMatchObject({ status: 'completed', result: { value: ['context_too_long', 'short'] } });
    expect(seen).toHaveLength(2);
  });

  test('is not sent when it is surely too long', async () => {
    const { baseUrl, seen } = await endpoint(() => says('?'));
    const agent = modelPlayer(
      { fast: at(baseUrl, { contextTokens: 2_000 }) },
      async (ctx) => (await ctx.model('fast').generate({ prompt: 'word '.repeat(100_000) })).text,
    );
    expect(await agent.deliver()).toMatchObject({ status: 'failed', error: { code: 'context_too_long' } });
    expect(seen).toEqual([]);
  });
});

describe('an answer that can not be read', () => {
  test.each<[string, Reaction]>([
    ['is not JSON', { status: 200, text: '<html>Bad gateway</html>' }],
    ['has no choices', { status: 200, json: { choices: [] } }],
    ['is something else', { status: 200, json: { hello: 'world' } }],
  ])('because it %s counts as an outage', async (_, reaction) => {
    const { baseUrl } = await endpoint(() => reaction);
    const agent = modelPlayer(
      { fast: at(baseUrl) },
      async (ctx) => (await ctx.model('fast').generate({ prompt: 'x' })).text,
    );
    expect(await agent.deliver()).toMatchObject({
      status: 'failed',
      error: { code: 'model_unavailable', class: 'system' },
    });
  });

  test('in the arguments of a tool keeps its text', async () => {
    const { baseUrl } = await endpoint(() => asksFor('search', '{"query": "cats'));
    const agent = modelPlayer({ fast: at(baseUrl) }, async (ctx) => {
      const tools = [{ name: 'search', description: 'Searches', input: { type: 'object' } }];
      return [...(await ctx.model('fast').generate({ prompt: 'x', tools })).toolCalls];
    });
    expect(await agent.deliver()).toMatchObject({
      result: { value: [{ name: 'search', input: null, invalid: '{"query": "cats' }] },
    });
  });
});
