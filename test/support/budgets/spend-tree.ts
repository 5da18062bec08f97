import { memoryAccounts } from '../../../lambdas/adapters/memory/memory-accounts.ts';
import { memoryTable } from '../../../lambdas/adapters/memory/memory-table.ts';
import { createMeter } from '../../../lambdas/adapters/memory/meter.ts';
import { type VirtualClock, virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';
import type { BudgetRef } from '../../../lambdas/contracts/budget.ts';
import { accountKey } from '../../../lambdas/runtime/budgets/account-key.ts';
import type { Account, Accounts } from '../../../lambdas/runtime/budgets/accounts.ts';
import { createBudgets } from '../../../lambdas/runtime/budgets/budgets.ts';
import { type Budgets, PutBack } from '../../../lambdas/runtime/budgets/guard.ts';
import { pause } from '../../../lambdas/runtime/pools/pause.ts';
import { allAtRest } from '../../../lambdas/testing/event-loop.ts';
import { type Random, randomOf } from '../../simulation/random.ts';
import { attempt, budgetRef } from './attempt.ts';

export interface TreeOptions {
  readonly seed: number;
  readonly agents: number;
  readonly callsEach: number;
  /** Of the one budget that all of them share. */
  readonly tokens: number;
  /** Chance that a process dies before or after any one thing that it awaits. */
  readonly crash: number;
  /** Another guard, to see that the checks see what it does. */
  readonly guard?: (accounts: Accounts) => Budgets;
}

export interface TreeReport {
  /** What the provider has charged for, with calls of processes that died. */
  readonly charged: number;
  /** The most that was charged above the limit. */
  readonly overshoot: number;
  readonly calls: number;
  readonly crashes: number;
  /** Requests to the accounts. */
  readonly requests: number;
  readonly writeUnits: number;
  /** Of the shared budget, and those inside of it. */
  readonly account: Account;
  readonly parts: readonly Account[];
  readonly exhausted: number;
  readonly finished: number;
}

/** At most, and on average half of it. */
const BOUND = 1_000;
const GROUPS = 10;
const LONGEST_MS = 86_400_000;

/**
 * Agents in one tree that all count against one budget, in groups with smaller budgets of their own, on virtual time. A
 * process that dies begins again from its last recorded call, as durable steps do.
 */
export async function spendTree(options: TreeOptions): Promise<TreeReport> {
  const { seed, agents, tokens } = options;
  const random = randomOf(seed);
  const clock = virtualClock();
  const meter = createMeter();
  const accounts = memoryAccounts(memoryTable(meter));
  const count = { charged: 0, overshoot: 0, calls: 0, crashes: 0, requests: 0, exhausted: 0, finished: 0 };
  const shared = budgetRef({ tokens });
  const groups = Array.from({ length: GROUPS }, (_, group) =>
    budgetRef({ tokens: tokens / 4 }, `${shared.id}/g${group}`),
  );

  const charge = (amount: number): void => {
    count.calls += 1;
    count.charged += amount;
    count.overshoot = Math.max(count.overshoot, count.charged - tokens);
  };
  const work = Array.from({ length: agents }, (_, index) => {
    const group = groups[index % GROUPS];
    const budgets = [shared, ...(group ? [group] : []), budgetRef({ calls: 1_000 }, `${shared.id}/t${index}@worker`)];
    return agentLife({ options, clock, accounts, count, charge, budgets, random: random.fork(`agent ${index}`) });
  });
  await untilDone(Promise.all(work), clock);

  const refs = [shared, ...groups];
  const [account, ...parts] = await Promise.all(refs.map((ref) => accounts.read(accountKey('default', ref))));
  if (!account) throw new Error('nothing was ever taken');
  const { dynamodb_write_units: writeUnits } = meter.read();
  return { ...count, writeUnits, account, parts: parts.filter((part) => part !== undefined) };
}

interface Life {
  readonly options: TreeOptions;
  readonly clock: VirtualClock;
  readonly accounts: Accounts;
  readonly count: { crashes: number; requests: number; exhausted: number; finished: number };
  readonly charge: (amount: number) => void;
  readonly budgets: readonly BudgetRef[];
  readonly random: Random;
}

async function agentLife(life: Life): Promise<void> {
  const { options, clock, count, random } = life;
  let recorded = 0;
  for (;;) {
    const ended = await process({ ...life, from: recorded, record: (done) => (recorded = done) });
    if (ended === 'exhausted') count.exhausted += 1;
    if (ended === 'done') count.finished += 1;
    if (ended === 'done' || ended === 'exhausted') return;
    const ms = ended === 'crashed' ? random.between(1, 60_000) : ended.putBack * 1_000;
    await pause(clock, ms, new AbortController().signal);
    if (recorded > options.callsEach) throw new Error('a call was made twice');
  }
}

type Ended = 'done' | 'exhausted' | 'crashed' | { readonly putBack: number };

/** One process: it lives until it is done, goes back, or dies; what a dead one awaited never comes. */
async function process(life: Life & { from: number; record: (done: number) => void }): Promise<Ended> {
  const { options, clock, count, charge, budgets, random, from, record } = life;
  const died = Promise.withResolvers<Ended>();
  let alive = true;
  const never = <T>(): Promise<T> => new Promise(() => {});
  const mayDie = <T>(call: () => Promise<T>): Promise<T> => {
    if (!alive) return never();
    const before = random.chance(options.crash);
    const after = random.chance(options.crash);
    const die = (): Promise<T> => {
      alive = false;
      count.crashes += 1;
      died.resolve('crashed');
      return never();
    };
    return before ? die() : call().then((answer) => (!alive ? never<T>() : after ? die() : answer));
  };
  const mortal: Accounts = {
    ...life.accounts,
    take: (...given) => mayDie(() => counted(count, life.accounts.take(...given))),
    settle: (...given) => mayDie(() => counted(count, life.accounts.settle(...given))),
  };
  const stops = { on: () => mayDie(async () => undefined) };
  const guard = options.guard?.(mortal) ?? createBudgets({ accounts: mortal, stops, random: random.next });
  const spending = guard(attempt({ clock, budgets }));
  const provider = async (): Promise<number> => {
    await pause(clock, random.between(1, 3_000), new AbortController().signal);
    const used = random.between(1, BOUND);
    charge(used);
    return used;
  };
  const live = async (): Promise<Ended> => {
    try {
      for (let call = from; call < options.callsEach; call++) {
        const wanted = { id: `${call}`, model: 'fast', usd: 0, tokens: BOUND, calls: 1 };
        const reserved = await spending.reserve(wanted);
        const output_tokens = await mayDie(provider);
        await reserved.settle({ usd: 0, input_tokens: 0, output_tokens });
        await mayDie(async () => record(call + 1));
      }
      return 'done';
    } catch (error) {
      if (error instanceof PutBack) return { putBack: error.seconds };
      return 'exhausted';
    }
  };
  return Promise.race([live(), died.promise]);
}

function counted<T>(count: { requests: number }, call: Promise<T>): Promise<T> {
  count.requests += 1;
  return call;
}

async function untilDone(all: Promise<unknown>, clock: VirtualClock): Promise<void> {
  let over = false;
  const done = all.then(() => {
    over = true;
  });
  const end = clock.now() + LONGEST_MS;
  for (await allAtRest(); !over; await allAtRest()) {
    const next = clock.nextTimerAt();
    if (next === undefined || next > end) throw new Error('the tree does not come to rest');
    clock.moveTo(next);
    clock.fireDue();
  }
  await done;
}
