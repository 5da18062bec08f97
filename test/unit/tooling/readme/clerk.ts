import * as z from 'zod';
import { defineManifest } from '../../../../lambdas/contracts/manifest.ts';
import { defineAgent } from '../../../../lambdas/runtime/agent.ts';
import { defineTool } from '../../../../lambdas/runtime/tools/define-tool.ts';

/* The agent of README.md, word for word: here the compiler sees it, and readme.test.ts runs it. */

/** What the sample does not show. */
export const paid: Array<{ order: string; key: string }> = [];
export const orderOf = async (customer: string) => ({ id: `order of ${customer}`, cents: 500 });
const Letter = z.object({ customer: z.string(), letter: z.string() });
const Answer = z.object({ text: z.string(), refund: z.boolean() });
const bank = {
  async pay(order: string, _cents: number, key: string): Promise<string> {
    paid.push({ order, key });
    return `receipt ${paid.length}`;
  },
};

export const refund = defineTool({
  name: 'refund',
  description: 'Pays money back to a customer.',
  effects: 'outside', // never done twice: where nobody knows whether it was done, a person is asked
  input: z.object({ order: z.string(), cents: z.number().int() }),
  output: z.object({ receipt: z.string() }),
  run: async ({ order, cents }, { idempotencyKey }) => ({ receipt: await bank.pay(order, cents, idempotencyKey) }),
});

export const manifest = defineManifest({
  name: 'clerk',
  description: 'Answers letters of customers.',
  errorImpact: 'Customers wait for an answer until a person writes it.',
  uses: { models: ['fast'], tools: ['refund'], memory: { customers: 'read-write' } },
  budget: { usd: 0.05, calls: 20, atLimit: 'ask' },
  capabilities: { 'letters.answer': { description: 'Answers a letter', input: Letter, output: Answer } },
});

export const clerk = defineAgent(manifest, {
  'letters.answer': async ({ customer, letter }, ctx) => {
    const order = await ctx.step('look the order up', () => orderOf(customer));
    const { entries } = await ctx.memory.recall({ text: letter, subject: customer });
    const prompt = `Answer this letter: ${letter}\nWe know: ${entries.map(({ text }) => text).join('; ')}`;
    const { object: answer } = await ctx.model('fast').object({ prompt }, Answer);
    if (answer.refund) {
      const { decision } = await ctx.ask({ question: 'Pay it back?', shows: { order: order.id, letter } });
      if (decision === 'approve') await ctx.tool(refund, { order: order.id, cents: order.cents });
    }
    await ctx.memory.remember({ text: `Has written: ${letter}`, subject: customer }, { pool: 'customers' });
    return answer;
  },
});
