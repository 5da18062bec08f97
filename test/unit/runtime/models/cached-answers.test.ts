import { describe, expect, test } from '@jest/globals';
import { virtualClock } from '../../../../lambdas/adapters/memory/virtual-clock.ts';
import { ModelSettings } from '../../../../lambdas/contracts/model-settings.ts';
import type { ModelRequest } from '../../../../lambdas/runtime/model.ts';
import { providerRequest } from '../../../../lambdas/runtime/models/request.ts';
import { responseKey } from '../../../../lambdas/runtime/models/response-cache.ts';
import { createTwoLevelCache } from '../../../../lambdas/runtime/pools/two-level-cache.ts';
import { type Said, scriptedModel } from '../../../../lambdas/testing/scripted-model.ts';
import { type Entry, modelPlayer, notedSpending } from '../../../support/models/model-player.ts';

const BASE = {
  provider: 'openai-compatible',
  id: 'x',
  baseUrl: 'http://localhost/v1',
  price: { inputPerMillion: 1, outputPerMillion: 1 },
};
const settings = ModelSettings.parse(BASE);
const key = (request: ModelRequest, more: Record<string, unknown> = {}, tenant = 'default', name = 'fast'): string => {
  const own = ModelSettings.parse({ ...BASE, ...more });
  return responseKey(tenant, name, own, providerRequest(request, own));
};

describe('the key of a cached answer', () => {
  const plain = key({ prompt: 'x' });

  test('is the same for the same request, whatever the order of its fields, the price and the limits', () => {
    expect(key({ messages: [{ content: 'x', role: 'user' }] })).toBe(plain);
    expect(key({ prompt: 'x', cache: { seconds: 5 } })).toBe(plain);
    expect(key({ prompt: 'x', maxOutputTokens: settings.maxOutputTokens })).toBe(plain);
    expect(
      key({ prompt: 'x' }, { price: { inputPerMillion: 9, outputPerMillion: 9 }, maxConcurrent: 3, fallback: 'other' }),
    ).toBe(plain);
  });

  test.each<[string, string]>([
    ['another tenant', key({ prompt: 'x' }, {}, 'other')],
    ['another name', key({ prompt: 'x' }, {}, 'default', 'smart')],
    ['another model behind the name', key({ prompt: 'x' }, { id: 'y' })],
    ['another endpoint', key({ prompt: 'x' }, { baseUrl: 'http://localhost:1/v1' })],
    ['another prompt', key({ prompt: 'y' })],
    ['a system prompt', key({ prompt: 'x', system: 's' })],
    ['another temperature', key({ prompt: 'x', temperature: 0 })],
    ['another limit of its length', key({ prompt: 'x', maxOutputTokens: 5 })],
    ['tools', key({ prompt: 'x', tools: [{ name: 'a', description: 'b', input: {} }] })],
  ])('is another for %s', (_, other) => {
    expect(other).not.toBe(plain);
  });
});

describe('a cached answer', () => {
  function asker(script: (count: number) => Said, request: ModelRequest = { prompt: 'x', cache: { seconds: 60 } }) {
    const clock = virtualClock();
    const fast = scriptedModel((_, count) => script(count), { price: { inputPerMillion: 5, outputPerMillion: 5 } });
    const cache = createTwoLevelCache({ clock, logger: { warn() {} } });
    const notes: Entry[] = [];
    const player = modelPlayer(
      { fast: fast.settings },
      async (ctx) => ({ ...(await ctx.model('fast').generate(request)) }),
      {
        provider: () => fast.provider,
        cache,
        spending: notedSpending(notes),
      },
    );
    // Each epoch begins anew, without the steps of the one before.
    let epoch = 0;
    const ask = () => {
      epoch += 1;
      return player.deliver({ epoch });
    };
    return { ask, clock, fast, notes };
  }

  test('costs nothing, reserves nothing and says that it is cached', async () => {
    const { ask, fast, notes } = asker(() => 'the answer');
    expect(await ask()).toMatchObject({ result: { value: { text: 'the answer' } }, usage: { model_calls: 1 } });
    const again = await ask();
    expect(again).toMatchObject({ result: { value: { text: 'the answer', cached: true, usd: 0 } } });
    expect(again).not.toHaveProperty('usage');
    expect(fast.asked).toHaveLength(1);
    expect(notes).toHaveLength(2);
  });

  test('is asked for anew when its time is over', async () => {
    const { ask, clock, fast } = asker((count) => `answer ${count}`);
    await ask();
    clock.advance(60_000);
    expect(await ask()).toMatchObject({ result: { value: { text: 'answer 2' } } });
    expect(fast.asked).toHaveLength(2);
  });

  test('is none unless the call asks for it', async () => {
    const { ask, fast } = asker(() => 'x', { prompt: 'x' });
    await ask();
    await ask();
    expect(fast.asked).toHaveLength(2);
  });
});
