import { describe, expect, test } from '@jest/globals';
import { DataError, NonRecoverableError, RecoverableError } from '../../../../lambdas/contracts/errors.ts';
import type { Json } from '../../../../lambdas/contracts/json.ts';
import type { AgentContext } from '../../../../lambdas/runtime/agent.ts';
import { workAgent } from '../../../support/no-op-agent.ts';
import { stepsPlayer } from '../../../support/steps-player.ts';

type Handler = (ctx: AgentContext) => Promise<Json> | Json;
const withSteps = (handle: Handler) => stepsPlayer(workAgent((_, ctx) => handle(ctx), { uses: { steps: true } }));

describe('a step', () => {
  test('is done once: a redelivery gets its record', async () => {
    const done: string[] = [];
    const agent = withSteps(async (ctx) => {
      const one = await ctx.step('one', () => done.push('one'));
      const two = await ctx.step('two', async () => {
        done.push('two');
        return { at: done.length };
      });
      return { one, two };
    });
    const first = await agent.deliver();
    expect(first).toMatchObject({ status: 'completed', result: { value: { one: 1, two: { at: 2 } } } });
    expect(await agent.deliver({ receiveCount: 2 })).toMatchObject({ result: { value: { one: 1, two: { at: 2 } } } });
    expect(done).toEqual(['one', 'two']);
  });

  test('costs one write, and a first delivery reads nothing', async () => {
    const agent = withSteps(async (ctx) => ctx.step('one', () => 1));
    await agent.deliver();
    expect(agent.calls).toEqual({ read: 0, append: 1 });
    await agent.deliver({ attempt: 2 });
    expect(agent.calls).toEqual({ read: 1, append: 1 });
  });

  test('that fails for good is remembered: the handler sees the same failure each time', async () => {
    let tried = 0;
    const agent = withSteps(async (ctx) => {
      try {
        return await ctx.step('reach', () => {
          tried += 1;
          throw new NonRecoverableError('gone', 'it is gone', { where: 'there' });
        });
      } catch (error) {
        return error instanceof NonRecoverableError ? `caught ${error.code} ${error.details?.where}` : 'something else';
      }
    });
    for (const receiveCount of [1, 2])
      expect(await agent.deliver({ receiveCount })).toMatchObject({ result: { value: 'caught gone there' } });
    expect(tried).toBe(1);
  });

  test('that may be tried again ends the attempt before user code can make anything of it', async () => {
    let tried = 0;
    const agent = withSteps(async (ctx) => {
      try {
        return await ctx.step('reach', () => {
          tried += 1;
          if (tried === 1) throw new RecoverableError('busy', 'not now');
          return 'reached';
        });
      } catch {
        return 'given up';
      }
    });
    expect(await agent.deliver()).toMatchObject({ status: 'failed', error: { code: 'busy', class: 'recoverable' } });
    expect(await agent.deliver({ attempt: 2 })).toMatchObject({ result: { value: 'reached' } });
  });

  test('gives its first run what later ones get: JSON, without what is undefined', async () => {
    const seen: unknown[] = [];
    const agent = withSteps(async (ctx) => {
      const some: Record<string, number> = { a: 1 };
      seen.push(await ctx.step('one', () => ({ ...some, ...{ b: undefined as unknown as number } })));
      return null;
    });
    await agent.deliver();
    await agent.deliver({ attempt: 2 });
    expect(seen).toEqual([{ a: 1 }, { a: 1 }]);
    expect(Object.keys(seen[0] ?? {})).toEqual(['a']);
  });

  test('whose result is no JSON fails as data that says so', async () => {
    const agent = withSteps((ctx) => ctx.step('count', () => 1n as unknown as number));
    expect(await agent.deliver()).toMatchObject({ error: { code: 'step_not_json', class: 'data' } });
  });

  test('with a large result keeps it with the other large bodies', async () => {
    const large = 'x'.repeat(5_000);
    const agent = withSteps(async (ctx) => (await ctx.step('read', () => large)).length);
    await agent.deliver();
    const puts = agent.world.meter.read().s3_put;
    expect(puts).toBe(1);
    expect(await agent.deliver({ attempt: 2 })).toMatchObject({ result: { value: 5_000 } });
    expect(agent.world.meter.read()).toMatchObject({ s3_put: puts, s3_get: 1 });
  });

  test('of another epoch is another: the task began anew', async () => {
    let done = 0;
    const agent = withSteps((ctx) => ctx.step('one', () => ++done));
    await agent.deliver();
    expect(await agent.deliver({ attempt: 2, epoch: 2 })).toMatchObject({ result: { value: 2 } });
    expect(await agent.deliver({ attempt: 3, epoch: 2 })).toMatchObject({ result: { value: 2 } });
  });

  test('of a delivery that another overtook takes what that one has recorded, and so do those after it', async () => {
    const going = Promise.withResolvers<Json>();
    const begun: string[] = [];
    let slow = true;
    const agent = withSteps(async (ctx) => {
      const isSlow = slow;
      const name = isSlow ? 'slow' : 'quick';
      slow = false;
      const one = await ctx.step('one', () => (isSlow ? going.promise : name));
      const two = await ctx.step('two', () => {
        begun.push(name);
        return name;
      });
      return { one, two };
    });
    const first = agent.deliver();
    while (slow) await new Promise((resolve) => setImmediate(resolve));
    expect(await agent.deliver({ receiveCount: 2 })).toMatchObject({
      result: { value: { one: 'quick', two: 'quick' } },
    });
    going.resolve('slow');
    await first;
    expect(agent.sent.at(-1)).toMatchObject({ result: { value: { one: 'quick', two: 'quick' } } });
    expect(begun).toEqual(['quick']);
  });

  test('that is still at work when another fails is waited for, so that it is not done twice without a crash', async () => {
    const slow = Promise.withResolvers<Json>();
    const agent = withSteps(async (ctx) => {
      await Promise.all([
        ctx.step('slow', () => slow.promise),
        ctx.step('quick', () => {
          throw new RecoverableError('busy', 'not now');
        }),
      ]);
      return null;
    });
    const first = agent.deliver();
    await new Promise((resolve) => setImmediate(resolve));
    expect(agent.sent).toEqual([]);
    slow.resolve('done');
    await first;
    expect(agent.calls.append).toBe(1);
  });

  test('inside of another belongs to that: it is found again when only it was recorded', async () => {
    const done: string[] = [];
    const agent = withSteps(async (ctx) => {
      const outer = await ctx.step('outer', async () => {
        const inner = await ctx.step('inner', () => {
          done.push('inner');
          return 5;
        });
        done.push('outer');
        if (done.filter((name) => name === 'outer').length === 1) throw new RecoverableError('busy', 'not now');
        return inner + 1;
      });
      return ctx.step('after', () => outer + 1);
    });
    expect(await agent.deliver()).toMatchObject({ status: 'failed' });
    for (const attempt of [2, 3]) expect(await agent.deliver({ attempt })).toMatchObject({ result: { value: 7 } });
    expect(done).toEqual(['inner', 'outer', 'outer']);
  });

  test('of many at once keeps its own number', async () => {
    const done = new Map<string, number>();
    const agent = withSteps(async (ctx) => {
      const all = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          ctx.step(`item ${index}`, async () => {
            for (let turn = 0; turn < (index * 7) % 5; turn += 1) await Promise.resolve();
            done.set(`item ${index}`, (done.get(`item ${index}`) ?? 0) + 1);
            return index;
          }),
        ),
      );
      return all.reduce((sum, one) => sum + one, 0);
    });
    for (const receiveCount of [1, 2, 3])
      expect(await agent.deliver({ receiveCount })).toMatchObject({ result: { value: 190 } });
    expect(new Set(done.values())).toEqual(new Set([1]));
  });

  test('of a chain beside others has the same number each time, whichever was quicker', async () => {
    const turns = (count: number) => async (): Promise<number> => {
      for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      return count;
    };
    const done: string[] = [];
    const agent = withSteps(async (ctx) => {
      const chain = async (name: string, slowness: number): Promise<Json> => {
        await ctx.step(`${name} 1`, turns(slowness));
        await ctx.step(`${name} 2`, () => done.push(`${name} 2`));
        return ctx.step(`${name} 3`, () => done.push(`${name} 3`));
      };
      return Promise.all([chain('slow', 9), chain('quick', 0), chain('even', 4)]);
    });
    const first = await agent.deliver();
    expect(first).toMatchObject({ status: 'completed' });
    expect(done.slice(0, 2)).toEqual(['quick 2', 'quick 3']);
    const again = await agent.deliver({ receiveCount: 2 });
    expect(again).toMatchObject({ status: 'completed', result: (first as { result: Json }).result });
    expect(done).toHaveLength(6);
  });

  test('is not begun when the time of the attempt is over', async () => {
    let begun = 0;
    const agent = withSteps(async (ctx) => {
      const over = new Promise<void>((resolve) => ctx.signal.addEventListener('abort', () => resolve()));
      agent.world.clock.advance(100_000);
      agent.world.clock.fireDue();
      await over;
      return ctx.step('late', () => ++begun);
    });
    expect(await agent.deliver()).toMatchObject({ error: { code: 'timeout' } });
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun).toBe(0);
  });
});

describe('a handler that does not do the same again', () => {
  test.each<[string, Handler, Handler, RegExp]>([
    [
      'another name',
      (ctx) => ctx.step('fetch', () => 1),
      (ctx) => ctx.step('load', () => 1),
      /step "fetch".*step "load"/,
    ],
    [
      'another order',
      async (ctx) => [await ctx.step('fetch', () => 1), await ctx.step('load', () => 1)],
      async (ctx) => [await ctx.step('load', () => 1), await ctx.step('fetch', () => 1)],
      /operation 1 was step "fetch".*is step "load" now/,
    ],
    [
      'a wait instead',
      (ctx) => ctx.step('fetch', () => 1),
      (ctx) => ctx.ask({ question: 'Go on?' }).then(() => 1),
      /step "fetch".*ask "Go on\?"/,
    ],
  ])('fails by name: %s', async (_, before, now, said) => {
    let handle = before;
    const agent = withSteps((ctx) => handle(ctx));
    await agent.deliver();
    handle = now;
    const failed = await agent.deliver({ attempt: 2 });
    expect(failed).toMatchObject({ error: { code: 'non_deterministic', class: 'non_recoverable' } });
    expect(failed).toMatchObject({ error: { message: expect.stringMatching(said) } });
    expect(failed).toMatchObject({ error: { message: expect.stringContaining('into a step') } });
  });

  test('can not go on by catching what it is told', async () => {
    let name = 'fetch';
    const agent = withSteps(async (ctx) => {
      try {
        return await ctx.step(name, () => 1);
      } catch {
        return 'went on';
      }
    });
    await agent.deliver();
    name = 'load';
    expect(await agent.deliver({ attempt: 2 })).toMatchObject({
      status: 'failed',
      error: { code: 'non_deterministic' },
    });
  });
});

describe('an agent whose manifest declares no steps', () => {
  test.each<[string, Handler]>([
    ['step', (ctx) => ctx.step('one', () => 1)],
    ['wait', (ctx) => ctx.wait({ seconds: 1 })],
    ['ask', async (ctx) => (await ctx.ask({ question: 'Well?' })).decision],
    ['call', (ctx) => ctx.call('other', {})],
    ['delegate', async (ctx) => Object.keys(await ctx.delegate([{ id: 'x', type: 'other' }]))],
  ])('is told what to add when it uses ctx.%s', async (_, handle) => {
    const agent = stepsPlayer(workAgent((__, ctx) => handle(ctx)));
    const update = await agent.deliver();
    expect(update).toMatchObject({ error: { code: 'steps_not_declared', class: 'data' } });
    expect(update).toMatchObject({ error: { message: expect.stringContaining('uses: { steps: true }') } });
    expect(agent.calls).toEqual({ read: 0, append: 0 });
  });
});

test.each([
  ['without steps', {}],
  ['that may take steps and takes none', { uses: { steps: true } }],
])('an agent %s makes no request to the ledger, however often its task is delivered', async (_, manifest) => {
  const agent = stepsPlayer(workAgent(() => 1, manifest));
  for (const attempt of [1, 2])
    for (const receiveCount of [1, 2])
      expect(await agent.deliver({ attempt, receiveCount })).toMatchObject({ status: 'completed' });
  expect(agent.calls).toEqual({ read: 0, append: 0 });
});

test('a step in a ledger that is down ends the attempt', async () => {
  const agent = stepsPlayer(
    workAgent((_, ctx) => ctx.step('one', () => 1).catch(() => 'went on'), { uses: { steps: true } }),
    {},
    (own) => ({ ...own, append: () => Promise.reject(new DataError('ledger_down', 'no')) }),
  );
  expect(await agent.deliver()).toMatchObject({ status: 'failed', error: { code: 'ledger_down' } });
});
