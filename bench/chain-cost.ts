import { virtualWorld } from '../lambdas/adapters/memory/memory-world.ts';
import { createBudgets } from '../lambdas/runtime/budgets/budgets.ts';
import { attempt, budgetRef } from '../test/support/budgets/attempt.ts';
import { RUN_ID } from '../test/support/factories.ts';

/** What one call is billed for that counts in so many accounts and has them to itself, in DynamoDB's units. */
export async function chainCost(accounts: number, calls: number) {
  const world = virtualWorld();
  const guard = createBudgets({ accounts: world.accounts, stops: { on: async () => undefined }, random: () => 0 });
  const budgets = Array.from({ length: accounts }, (_, index) => budgetRef({ usd: 1_000 }, `${RUN_ID}/t${index}`));
  const spending = guard(attempt({ clock: world.clock, budgets }));
  for (let call = 0; call < calls; call++) {
    const reserved = await spending.reserve({ id: `${call}`, model: 'fast', usd: 0.01, tokens: 1_000, calls: 1 });
    await reserved.settle({ usd: 0.001, input_tokens: 300, output_tokens: 50 });
  }
  const { dynamodb_write_units: writes, dynamodb_read_units: reads } = world.meter.read();
  return { write_units: writes / calls, read_units: reads / calls };
}
