import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { Json } from '../../../../lambdas/contracts/json.ts';
import type { TaskUpdate } from '../../../../lambdas/contracts/messages.ts';
import { Expression } from '../../../../lambdas/contracts/task-kinds.ts';
import type { AgentContext } from '../../../../lambdas/runtime/agent.ts';
import { payTool, readTool } from '../../../support/tools/sample-tools.ts';
import { toolPlayer } from '../../../support/tools/tool-player.ts';

const PAGE = { owner: 'Mallory', iban: 'DE89 3704 0044 0532 0130 00' };
const decided = (decision: string) => ({ result: { value: { decision, decided_by: 'ann' } } });

function privileged(handle: (ctx: AgentContext) => Promise<Json>, outside = true) {
  const { tool, paid } = payTool('outside', undefined, { privileged: true });
  const player = toolPlayer([tool, readTool(PAGE, { outside })], handle);
  return { ...player, paid };
}

function questionOf(update: TaskUpdate | undefined) {
  const [task] = update?.status === 'delegated' ? update.tasks : [];
  if (!task?.ask) throw new Error(`no question: ${JSON.stringify(update)}`);
  return { key: task.id.slice('a..'.length), ...task.ask };
}

async function payFromPage(ctx: AgentContext): Promise<Json> {
  const page = (await ctx.tool('read', { page: 'invoice' })) as typeof PAGE;
  return ctx.tool('pay', { to: `account ${page.iban}`, amount: 5 });
}

describe('a privileged tool', () => {
  test('takes what did not come from outside', async () => {
    const inside = privileged(payFromPage, false);
    expect(await inside.deliver()).toMatchObject({ status: 'completed' });
    const own = privileged(async (ctx) => {
      await ctx.tool('read', { page: 'invoice' });
      return ctx.tool('pay', { to: 'bob', amount: 5 });
    });
    expect(await own.deliver()).toMatchObject({ status: 'completed' });
    expect([inside.paid.length, own.paid.length]).toEqual([1, 1]);
  });

  test('asks a person about what did, shows it, and goes on when that is approved', async () => {
    const { deliver, paid } = privileged(payFromPage);
    const question = questionOf(await deliver());
    expect(question).toMatchObject({
      question: expect.stringContaining('privileged tool "pay"'),
      shows: {
        tool: 'pay',
        arguments: `{"amount":5,"to":"account ${PAGE.iban}"}`,
        from_outside: ['$.to'],
      },
    });
    expect(paid).toEqual([]);
    const answers = { [question.key]: decided('approve') };
    expect(await deliver({ attempt: 2, answers })).toMatchObject({ status: 'completed' });
    expect(paid).toHaveLength(1);
  });

  test.each([
    ['refuses', decided('reject')],
    ['does not answer', { error: { code: 'no_decision', class: 'non_recoverable' as const, message: 'silence' } }],
  ])('is not used when the person %s', async (_, answer) => {
    const { play, paid } = privileged(payFromPage);
    expect((await play(() => answer)).last).toMatchObject({
      error: { code: 'tainted_arguments', class: 'non_recoverable', details: { tool: 'pay', from_outside: ['$.to'] } },
    });
    expect(paid).toEqual([]);
  });

  test('has one approval for these arguments, and none for others', async () => {
    const { play, paid } = privileged(async (ctx) => {
      const page = (await ctx.tool('read', { page: 'invoice' })) as typeof PAGE;
      await ctx.tool('pay', { to: page.iban, amount: 5 });
      return ctx.tool('pay', { to: page.iban, amount: 5_000 });
    });
    const shown: unknown[] = [];
    await play(({ ask }) => {
      shown.push(ask?.shows);
      return decided('approve');
    });
    expect(paid.map(({ amount }) => amount)).toEqual([5, 5_000]);
    expect(shown).toHaveLength(2);
  });

  test('knows what came from outside after the task has left and come back', async () => {
    const { deliver, play, paid } = privileged(async (ctx) => {
      const page = (await ctx.tool('read', { page: 'invoice' })) as typeof PAGE;
      await ctx.wait({ seconds: 60 });
      return ctx.tool('pay', { to: page.iban, amount: 5 });
    });
    await deliver();
    const { updates } = await play(({ ask }) => (ask ? decided('reject') : { result: { value: null } }));
    expect(updates.at(-1)).toMatchObject({ error: { code: 'tainted_arguments' } });
    expect(paid).toEqual([]);
  });

  test('shows an expression of a stranger as text, which nobody evaluates', async () => {
    const { tool } = payTool('none', undefined, { privileged: true });
    const to = '{% $eval("secret") %}';
    const { deliver } = toolPlayer([tool, readTool({ to })], async (ctx) => {
      const page = (await ctx.tool('read', { page: 'x' })) as { to: string };
      return ctx.tool('pay', { to: page.to, amount: 1 });
    });
    const { shows } = questionOf(await deliver());
    const texts = z.record(z.string(), z.union([z.string(), z.array(z.string())])).parse(shows);
    expect(
      Object.values(texts)
        .flat()
        .filter((text) => Expression.safeParse(text).success),
    ).toEqual([]);
    expect(shows).toMatchObject({ arguments: JSON.stringify({ amount: 1, to }) });
  });
});
