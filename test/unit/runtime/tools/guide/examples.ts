import * as z from 'zod';
import { NonRecoverableError } from '../../../../../lambdas/contracts/errors.ts';
import { defineManifest } from '../../../../../lambdas/contracts/manifest.ts';
import { defineAgent } from '../../../../../lambdas/runtime/agent.ts';
import { createBatcher } from '../../../../../lambdas/runtime/pools/batcher.ts';
import { POOLS } from '../../../../../lambdas/runtime/pools/defaults.ts';
import { createResourcePool } from '../../../../../lambdas/runtime/pools/resources.ts';
import type { Clock } from '../../../../../lambdas/runtime/ports.ts';
import type { HttpFetch, Tool } from '../../../../../lambdas/runtime/tool.ts';
import { defineTool } from '../../../../../lambdas/runtime/tools/define-tool.ts';
import { httpTool } from '../../../../../lambdas/runtime/tools/http-tool.ts';
import type { ScriptedModel } from '../../../../../lambdas/testing/scripted-model.ts';
import { createTestFleet } from '../../../../../lambdas/testing/test-fleet.ts';

/* The TypeScript of docs/guides/tools.md, word for word: here the compiler sees it, and guide.test.ts runs it. */

export const refund = defineTool({
  name: 'refund',
  description: 'Pays money back to a customer. Use it once per order.',
  effects: 'outside',
  privileged: true,
  permissions: ['payments'],
  rate: { perMinute: 30 },
  timeoutSeconds: 20,
  input: z.object({ order: z.string(), cents: z.number().int().positive() }),
  output: z.object({ receipt: z.string() }),
  async run({ order, cents }, { fetch, secret, idempotencyKey }) {
    const answer = await fetch('https://pay.example.com/refunds', {
      method: 'POST',
      headers: { authorization: `Bearer ${await secret('pay')}`, 'idempotency-key': idempotencyKey },
      body: JSON.stringify({ order, cents }),
    });
    if (answer.status === 409) throw new NonRecoverableError('refunded_before', `${order} has had its money back`);
    if (answer.status !== 200) throw new Error(`the bank says ${answer.status}`);
    return { receipt: answer.body };
  },
});

const manifest = defineManifest({
  name: 'shop-clerk',
  description: 'Answers complaints',
  errorImpact: 'Customers wait for their money until a person pays it back.',
  uses: { models: ['fast'], tools: ['refund', 'http'], permissions: ['payments'] },
  reaches: { hosts: ['pay.example.com', '*.shop.example'], secrets: ['pay'] },
  capabilities: {
    'shop.complaint': {
      description: 'Deals with a complaint',
      input: z.object({ order: z.string(), letter: z.string() }),
      output: z.object({ answer: z.string() }),
    },
  },
});

export const clerk = defineAgent(manifest, {
  'shop.complaint': async ({ order, letter }, ctx) => {
    const { receipt } = await ctx.tool(refund, { order, cents: 500 });
    const { answer } = await ctx.model('fast').converse({
      system: 'You answer customers. Look their order up before you write.',
      prompt: `Order ${order}, refunded (${receipt}). ${letter}`,
      tools: ctx.tools('http'),
    });
    return { answer: answer.text };
  },
});

/** A database that counts its connections, and what it is asked. */
export const asked: Array<readonly string[]> = [];
export const connections = { open: 0 };
const connect = async () => {
  connections.open += 1;
  return {
    async centsOf(ids: readonly string[]): Promise<number[]> {
      asked.push(ids);
      return ids.map((id) => id.length * 100);
    },
    end(): void {
      connections.open -= 1;
    },
  };
};

export function orderTools({ clock }: { clock: Clock }): Tool[] {
  const database = createResourcePool(
    { name: 'orders', ...POOLS.database, create: connect, destroy: (client) => client.end(), idleMs: 60_000 },
    clock,
  );
  const lookUps = createBatcher({ size: 50, waitMs: 20 }, clock, (ids: readonly string[]) =>
    database.use((client) => client.centsOf(ids)),
  );
  return [
    defineTool({
      name: 'order',
      description: 'Tells the price of an order.',
      effects: 'none',
      input: z.object({ id: z.string() }),
      output: z.object({ cents: z.number() }),
      run: async ({ id }) => ({ cents: await lookUps.add(id) }),
    }),
  ];
}

/** The fleet of the last sample, with a bank in place of the network. */
export async function fleetOf(
  models: Readonly<Record<string, ScriptedModel>>,
  secrets: Readonly<Record<string, string>>,
  bank: HttpFetch,
) {
  const fleet = await createTestFleet({ agents: [clerk], tools: [refund, httpTool()], models, secrets, http: bank });
  return fleet;
}
