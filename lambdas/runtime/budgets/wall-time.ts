import type { BudgetRef } from '../../contracts/budget.ts';
import type { AtWork } from '../abilities.ts';
import { accountKey, ownerText } from './account-key.ts';
import { askForMore } from './ask-for-more.ts';
import type { BudgetPorts } from './budget-ports.ts';
import { budgetExhausted, type PlannedCall } from './guard.ts';

/** Wall time is read off the clock: only a budget whose time is over is looked up, since a person may have added to it. */
export async function mindTime(work: AtWork, call: PlannedCall, ports: BudgetPorts): Promise<void> {
  for (const ref of work.budgets) {
    const { seconds } = ref.budget;
    if (seconds === undefined) continue;
    const passed = (work.clock.now() - ref.since) / 1_000;
    if (passed > seconds) await untilAllowed(ref, seconds, passed, work, call, ports);
  }
}

async function untilAllowed(
  ref: BudgetRef,
  seconds: number,
  passed: number,
  work: AtWork,
  { id: callId, model }: PlannedCall,
  ports: BudgetPorts,
): Promise<void> {
  const key = accountKey(work.tenant, ref);
  for (;;) {
    const account = await ports.accounts.read(key);
    const allowed = seconds + (account?.moreSeconds ?? 0);
    if (passed <= allowed) return;
    const fault = budgetExhausted(
      `the time of ${ownerText(key)} is used up: ${allowed} seconds, and ${Math.round(passed)} have passed`,
      { budget: ref.id, used_up: 'seconds', allowed, passed: Math.round(passed), call: callId },
    );
    if (ref.budget.atLimit !== 'ask' || account?.closed !== undefined) throw fault;
    const shows = { budget: ref.id, used_up: 'seconds', allowed, passed: Math.round(passed), model };
    await askForMore({ ref, key, callId, unit: 'seconds', allowed, first: seconds, shows, fault }, work, ports);
  }
}
