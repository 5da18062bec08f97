import * as z from 'zod';
import { defineTool } from '../../../../../lambdas/runtime/tools/define-tool.ts';
import { PROBE_SHOP_PORT } from '../../probe-tools.ts';

export const charge = defineTool({
  name: 'charge',
  description: 'Pays an account',
  effects: 'outside',
  privileged: true,
  permissions: ['payments'],
  timeoutSeconds: 2,
  input: z.object({
    account: z.string(),
    amount: z.number(),
    crash: z.boolean().default(false),
    url: z.string().default(`http://127.0.0.1:${PROBE_SHOP_PORT}/payments`),
  }),
  output: z.object({ receipt: z.string() }),
  async run({ account, amount, crash, url }, { fetch, idempotencyKey, runId }) {
    const body = JSON.stringify({ account, amount, run: runId });
    const answer = await fetch(url, { method: 'POST', body, headers: { 'idempotency-key': idempotencyKey } });
    if (crash) process.exit(1);
    return { receipt: answer.body };
  },
});
