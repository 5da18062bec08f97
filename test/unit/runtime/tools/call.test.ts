import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { DataError, NonRecoverableError, RecoverableError } from '../../../../lambdas/contracts/errors.ts';
import { defineTool } from '../../../../lambdas/runtime/tools/define-tool.ts';
import { type Entry, notedSpending } from '../../../support/models/model-player.ts';
import { payTool } from '../../../support/tools/sample-tools.ts';
import { toolPlayer } from '../../../support/tools/tool-player.ts';

const order = { to: 'bob', amount: 5 };
const add = defineTool({
  ...{ name: 'add', description: 'Adds', effects: 'none' },
  input: z.object({ a: z.number(), b: z.number().default(1) }),
  output: z.object({ sum: z.number() }),
  run: ({ a, b }) => ({ sum: a + b }),
});

describe('a tool', () => {
  test('answers by its name, or typed by its definition', async () => {
    const { play } = toolPlayer([add], async (ctx) => {
      const { sum } = await ctx.tool(add, { a: 1 });
      return [sum + 1, await ctx.tool('add', { a: 2, b: 3 })];
    });
    const { last } = await play();
    expect(last).toMatchObject({ status: 'completed', result: { value: [3, { sum: 5 }] } });
    expect(last?.usage).toMatchObject({ tool_calls: 2, model_calls: 0 });
  });

  test('that was used is not used again when the task runs anew', async () => {
    const { tool, paid } = payTool('none');
    const { play } = toolPlayer([tool], async (ctx) => {
      const { receipt } = await ctx.tool(tool, order);
      await ctx.wait({ seconds: 60 });
      return receipt;
    });
    expect((await play()).last).toMatchObject({ result: { value: 'receipt 1' } });
    expect(paid).toHaveLength(1);
  });

  test('gets the same key whenever the same call is made again, and another for another', async () => {
    const { tool, paid } = payTool('idempotent', (times) => {
      if (times === 1) throw new RecoverableError('busy', 'not now');
      return 'paid';
    });
    const { deliver } = toolPlayer([tool], async (ctx) => {
      await ctx.tool(tool, order);
      await ctx.tool(tool, order);
      return 'done';
    });
    expect(await deliver({ attempt: 1 })).toMatchObject({ status: 'failed', error: { code: 'busy' } });
    expect(await deliver({ attempt: 2 })).toMatchObject({ status: 'completed' });
    const [first, again, second] = paid.map(({ key }) => key);
    expect(first).toMatch(/^[0-9a-f]{40}$/);
    expect(again).toBe(first);
    expect(second).not.toBe(first);
  });

  test('refuses arguments that do not fit its schema, before it begins', async () => {
    const { tool, paid } = payTool('none');
    const deep = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    for (const [input, what] of [
      [{ to: 'bob' }, 'amount'],
      [{ ...order, note: 'x'.repeat(300_000) }, 'longer than'],
      [{ ...order, note: deep(150) }, 'nested deeper than 100'],
      [{ ...order, note: deep(50_000) }, 'nested too deep'],
    ] as const) {
      const { deliver } = toolPlayer([tool], (ctx) => ctx.tool('pay', input));
      expect(await deliver()).toMatchObject({
        status: 'failed',
        error: { code: 'tool_input_invalid', class: 'data', message: expect.stringContaining(what) },
      });
    }
    expect(paid).toEqual([]);
  });

  test('that lies about its schema fails with what is wrong, and is not asked again', async () => {
    let calls = 0;
    const liar = defineTool({
      ...{ name: 'liar', description: 'Promises a number', effects: 'none' },
      input: z.object({}),
      output: z.object({ sum: z.number() }),
      // As JavaScript may do it.
      run: () => {
        calls += 1;
        return JSON.parse('{"sum":"many"}');
      },
    });
    const { deliver } = toolPlayer([liar], (ctx) => ctx.tool('liar', {}));
    const failed = {
      status: 'failed',
      error: { code: 'tool_output_invalid', class: 'non_recoverable', message: expect.stringContaining('sum') },
    };
    expect(await deliver()).toMatchObject(failed);
    expect(await deliver({ attempt: 2 })).toMatchObject(failed);
    expect(calls).toBe(1);
  });

  test('with an answer that is too long fails', async () => {
    const { tool } = payTool('none', () => 'x'.repeat(2_000), { maxBytes: 1_000 });
    const { deliver } = toolPlayer([tool], (ctx) => ctx.tool('pay', order));
    expect(await deliver()).toMatchObject({ error: { code: 'tool_output_invalid', message: /may have 1000/ } });
  });

  test('that takes too long is told to stop and let go of; the task is tried again', async () => {
    let stopped = false;
    const { tool } = payTool(
      'none',
      (_, { signal }) =>
        new Promise(() => {
          signal.addEventListener('abort', () => {
            stopped = true;
          });
        }),
      { timeoutSeconds: 1 },
    );
    const { deliver } = toolPlayer([tool], (ctx) => ctx.tool('pay', order));
    expect(await deliver()).toMatchObject({ error: { code: 'tool_timeout', class: 'recoverable' } });
    expect(stopped).toBe(true);
  });

  test('tells user code what it failed with for good', async () => {
    const { tool } = payTool('none', () => {
      throw new NonRecoverableError('no_such_account', 'there is no bob');
    });
    const { deliver } = toolPlayer([tool], async (ctx) =>
      ctx.tool('pay', order).catch((error: unknown) => (error instanceof Error ? error.message : '')),
    );
    expect(await deliver()).toMatchObject({ result: { value: 'there is no bob' } });
  });
});

describe('an agent', () => {
  test('may use no tool but those that its manifest names, and is told which', async () => {
    const { tool, paid } = payTool('none');
    const { deliver } = toolPlayer([tool, add], (ctx) => ctx.tool('pay', order), { uses: { tools: ['add'] } });
    expect(await deliver()).toMatchObject({
      error: { code: 'tool_not_allowed', message: expect.stringContaining('it may use: add') },
    });
    expect(paid).toEqual([]);
  });

  test('must grant what a tool needs', async () => {
    const { tool } = payTool('none', undefined, { permissions: ['payments'] });
    const refused = toolPlayer([tool], (ctx) => ctx.tool('pay', order));
    expect(await refused.deliver()).toMatchObject({
      error: { code: 'tool_not_permitted', message: expect.stringContaining("permissions: ['payments']") },
    });
    const granted = toolPlayer([tool], (ctx) => ctx.tool('pay', order), { uses: { permissions: ['payments'] } });
    expect(await granted.deliver()).toMatchObject({ status: 'completed' });
  });

  test('is told what its handler has left out', async () => {
    const { deliver } = toolPlayer([add], (ctx) => ctx.tool('gone', {}), { uses: { tools: ['gone'] } });
    expect(await deliver()).toMatchObject({ error: { code: 'tool_not_registered', message: /there are: add/ } });
  });

  test('has its tools described for a model, which may run them', async () => {
    const { deliver } = toolPlayer([add], async (ctx) => {
      const [usable] = ctx.tools();
      if (!usable) throw new DataError('none', 'no tool');
      const { name, description, input } = usable;
      return { name, description, input, ran: await usable.run({ a: 4 }) };
    });
    expect(await deliver()).toMatchObject({
      result: {
        value: {
          name: 'add',
          description: 'Adds',
          input: { type: 'object', required: ['a'], properties: { a: { type: 'number' } } },
          ran: { sum: 5 },
        },
      },
    });
  });
});

describe('what calls take', () => {
  test('is reserved before each and settled after it', async () => {
    const notes: Entry[] = [];
    const { tool } = payTool('none', undefined, { usd: 0.01 });
    const { deliver } = toolPlayer([tool], (ctx) => ctx.tool('pay', order), { spending: notedSpending(notes) });
    const update = await deliver();
    expect(notes).toEqual([
      { reserved: { id: expect.stringMatching(/\/1\/1$/), model: 'tool:pay', usd: 0.01, tokens: 0, calls: 1 } },
      { settled: { usd: 0.01, input_tokens: 0, output_tokens: 0 } },
    ]);
    expect(update?.usage).toMatchObject({ usd: 0.01, tool_calls: 1 });
  });

  test('above their rate waits outside of the Lambda, without spending a retry', async () => {
    const notes: Entry[] = [];
    const { tool, paid } = payTool('none', undefined, { rate: { perMinute: 4 } });
    const { play } = toolPlayer(
      [tool],
      async (ctx) => {
        await ctx.tool('pay', order);
        await ctx.tool('pay', order);
        return 'done';
      },
      { spending: notedSpending(notes) },
    );
    const { updates } = await play(() => undefined);
    expect(updates[0]).toMatchObject({
      status: 'delegated',
      tasks: [{ id: 'a..2_back_1-sleep', sleep: { seconds: expect.any(Number) } }],
    });
    expect(paid).toHaveLength(1);
    expect(notes.at(-1)).toEqual({ released: true });
  });
});
