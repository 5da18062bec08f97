import { describe, expect, test } from '@jest/globals';
import { virtualWorld } from '../../../lambdas/adapters/memory/memory-world.ts';
import { NonRecoverableError, SystemError } from '../../../lambdas/contracts/errors.ts';
import type { Decided, Question } from '../../../lambdas/runtime/abilities.ts';
import { accountKey } from '../../../lambdas/runtime/budgets/account-key.ts';
import type { Accounts } from '../../../lambdas/runtime/budgets/accounts.ts';
import { createBudgets } from '../../../lambdas/runtime/budgets/budgets.ts';
import { CheaperPlease, PutBack, Stopped } from '../../../lambdas/runtime/budgets/guard.ts';
import { allAtRest } from '../../../lambdas/testing/event-loop.ts';
import { type AttemptOptions, attempt, budgetRef } from '../../support/budgets/attempt.ts';
import { NOW, RUN_ID } from '../../support/factories.ts';

type Call = Partial<{ id: string; model: string; usd: number; tokens: number; calls: number }>;

function rig(budgets: AttemptOptions['budgets'] = [], overrides: Partial<Accounts> = {}) {
  const world = virtualWorld();
  const asked: Question[] = [];
  const answer: { given?: (question: Question) => Promise<Decided> } = {};
  const accounts = { ...world.accounts, ...overrides };
  const guard = createBudgets({ accounts, stops: world.stops, random: () => 0.5 });
  const open = (taskId = 'work') => {
    const spending = guard(
      attempt({
        ...{ clock: world.clock, budgets, taskId },
        answer: (question) => {
          asked.push(question);
          return answer.given?.(question) ?? new Promise(() => {});
        },
      }),
    );
    const id = `${RUN_ID}/${taskId}/1/1`;
    return {
      ...spending,
      reserve: (call: Call = {}) => spending.reserve({ id, model: 'fast', usd: 0.1, tokens: 100, calls: 1, ...call }),
    };
  };
  return {
    ...world,
    open,
    asked,
    answers: (given: (question: Question) => Promise<Decided>) => void Object.assign(answer, { given }),
    account: async (index = 0) => {
      const ref = budgets[index];
      return ref && world.accounts.read(accountKey('default', ref));
    },
    /** What a promise comes to, with time passing where it waits. */
    async outcome<T>(promise: Promise<T>): Promise<T | Error | 'still waits'> {
      const told: Array<T | Error> = [];
      promise.then(
        (value) => void told.push(value),
        (error: Error) => void told.push(error),
      );
      for (await allAtRest(); told.length === 0; await allAtRest()) {
        const next = world.clock.nextTimerAt();
        if (next === undefined) break;
        world.clock.moveTo(next);
        world.clock.fireDue();
      }
      return told[0] ?? 'still waits';
    },
  };
}

const used = { usd: 0.02, input_tokens: 30, output_tokens: 10 };

describe('a budget', () => {
  test('is taken the upper bound beforehand, and given back what was not used', async () => {
    const { open, account } = rig([budgetRef({ usd: 1, tokens: 1_000, calls: 5 })]);
    const reserved = await open().reserve();
    expect(await account()).toMatchObject({
      left: { micros: 900_000, tokens: 900, calls: 4 },
      held: { micros: 100_000, tokens: 100, calls: 1 },
    });
    await reserved.settle(used);
    await reserved.settle(used);
    await reserved.release();
    expect(await account()).toMatchObject({
      left: { micros: 980_000, tokens: 960, calls: 4 },
      held: { micros: 0, tokens: 0, calls: 0 },
      spent: { micros: 20_000, tokens: 40, calls: 1 },
    });
  });

  test('gets everything back of a call that did not take place', async () => {
    const { open, account } = rig([budgetRef({ calls: 1 })]);
    await (await open().reserve()).release();
    expect(await account()).toMatchObject({ left: { calls: 1 }, spent: { calls: 0 } });
    await open().reserve();
  });

  test('that is used up is told with what is left, and asks nobody', async () => {
    const { open, outcome, asked } = rig([budgetRef({ usd: 0.25 })]);
    await (await open().reserve({ usd: 0.2 })).settle({ ...used, usd: 0.2 });
    expect(await outcome(open().reserve())).toMatchObject({
      ...{ code: 'budget_exhausted', class: 'non_recoverable' },
      message: expect.stringContaining('has 0.05 USD left of 0.25 USD, and fast may take 0.10 USD'),
      details: { budget: RUN_ID, used_up: 'usd', allowed: 0.25, left: 0.05, wanted: 0.1, model: 'fast' },
    });
    expect(asked).toEqual([]);
  });

  test('counts in every account up the tree, or in none', async () => {
    const chain = [
      budgetRef({ calls: 5 }, `run_${'1'.repeat(40)}`),
      budgetRef({ usd: 0.15 }),
      budgetRef({ tokens: 500 }, `${RUN_ID}/work`),
    ];
    const { open, account, outcome } = rig(chain);
    await (await open().reserve()).settle({ ...used, usd: 0.1 });
    expect(await outcome(open().reserve())).toMatchObject({ code: 'budget_exhausted', details: { budget: RUN_ID } });
    expect([await account(0), await account(1), await account(2)]).toMatchObject([
      { left: { calls: 4 }, held: { calls: 0 } },
      { left: { micros: 50_000 }, held: { micros: 0 } },
      { left: { tokens: 460 }, held: { tokens: 0 } },
    ]);
  });

  test('that bounds nothing costs no request', async () => {
    const none = (): never => {
      throw new Error('nobody is asked');
    };
    const { open } = rig([budgetRef({ seconds: 60, depth: 2 }), budgetRef({}, `${RUN_ID}/work`)], {
      ...{ take: none, settle: none, read: none },
    });
    await (await open().reserve()).settle(used);
  });

  test('is counted once where two say the same account', async () => {
    const { open, account } = rig([budgetRef({ calls: 3 }), budgetRef({ calls: 3 }, RUN_ID, { since: NOW + 5 })]);
    await open().reserve();
    expect(await account()).toMatchObject({ left: { calls: 2 } });
  });

  test('is waited for as long as others hold what is missing, and gives it to whoever waits', async () => {
    const { open, outcome, clock } = rig([budgetRef({ usd: 0.15 })]);
    const first = await open('a').reserve();
    const second = open('b').reserve();
    clock.after(250, () => void first.settle(used));
    expect(await outcome(second)).toHaveProperty('settle');
  });

  test('is asked first while it refuses, so that a try costs one request', async () => {
    const { open, outcome, meter } = rig([budgetRef({ usd: 0.15 }), budgetRef({ calls: 5 }, `${RUN_ID}/work`)]);
    await open('a').reserve();
    meter.reset();
    expect(await outcome(open('b').reserve())).toBeInstanceOf(PutBack);
    // The inner account taken and given back once, then seven tries at the outer one.
    expect(meter.read().dynamodb_write_units).toBe(2 + 7);
  });

  test('puts work back that has waited for others for some seconds', async () => {
    const { open, outcome, clock } = rig([budgetRef({ usd: 0.15 })]);
    await open('a').reserve();
    const before = clock.now();
    expect(await outcome(open('b').reserve())).toBeInstanceOf(PutBack);
    expect(clock.now() - before).toBeLessThan(10_000);
  });

  test('waits for nobody who can not settle any more: that is lost, and shown', async () => {
    const { open, outcome, clock, account } = rig([budgetRef({ usd: 0.15 })]);
    await open('crashes').reserve();
    clock.advance(120_000);
    expect(await outcome(open('b').reserve())).toMatchObject({ code: 'budget_exhausted' });
    expect(await account()).toMatchObject({ held: { micros: 100_000 }, heldUntil: expect.any(Number) });
  });

  test('keeps the call when it can not be settled: its answer is worth more', async () => {
    const settle = (): Promise<never> => Promise.reject(new SystemError('budgets_unavailable', 'no answer'));
    const { open, account } = rig([budgetRef({ calls: 2 })], { settle });
    await (await open().reserve()).settle(used);
    expect(await account()).toMatchObject({ left: { calls: 1 }, held: { calls: 1 } });
  });

  test('lets no call happen while it can not be reached', async () => {
    const take = (): Promise<never> => Promise.reject(new SystemError('budgets_unavailable', 'no answer'));
    const { open } = rig([budgetRef({ calls: 2 })], { take });
    await expect(open().reserve()).rejects.toMatchObject({ code: 'budgets_unavailable', class: 'system' });
  });

  test('of depth refuses work that is further below', async () => {
    const { open } = rig([budgetRef({ depth: 1 }, RUN_ID, { depth: 2 })]);
    await expect(open().reserve()).rejects.toMatchObject({ code: 'budget_exhausted', details: { used_up: 'depth' } });
  });

  test('of time is over when its time is', async () => {
    const { open, clock } = rig([budgetRef({ seconds: 60 })]);
    clock.advance(60_000);
    await open().reserve();
    clock.advance(1);
    await expect(open().reserve()).rejects.toMatchObject({ details: { used_up: 'seconds', allowed: 60, passed: 60 } });
  });
});

describe('a budget that degrades', () => {
  const budgets = [budgetRef({ usd: 0.15, calls: 3, atLimit: 'degrade' })];

  test('asks for a cheaper call, says what is left, and takes one that fits', async () => {
    const { open, outcome } = rig(budgets);
    await (await open().reserve()).settle({ ...used, usd: 0.1 });
    const error = await outcome(open().reserve());
    expect(error).toBeInstanceOf(CheaperPlease);
    expect(error).toMatchObject({ left: 0.05, otherwise: { code: 'budget_exhausted' } });
    await open().reserve({ usd: 0.05 });
  });

  test('stops where a cheaper model is no help', async () => {
    const { open, outcome } = rig(budgets);
    for (let call = 0; call < 3; call++) await (await open().reserve({ usd: 0 })).settle({ ...used, usd: 0 });
    const error = await outcome(open().reserve({ usd: 0 }));
    expect(error).toBeInstanceOf(NonRecoverableError);
    expect(error).toMatchObject({ details: { used_up: 'calls' } });
  });
});

describe('a budget that asks', () => {
  const budgets = [budgetRef({ usd: 0.15, atLimit: 'ask' })];
  const person = (decision: string, comment?: string): Promise<Decided> =>
    Promise.resolve({ decision, decided_by: 'ada', ...(comment !== undefined && { comment }) });
  async function usedUp() {
    const made = rig(budgets);
    await (await made.open().reserve()).settle({ ...used, usd: 0.1 });
    return made;
  }

  test('shows a person what was spent, and waits', async () => {
    const { open, outcome, asked } = await usedUp();
    expect(await outcome(open().reserve())).toBe('still waits');
    expect(asked).toEqual([
      {
        question: expect.stringContaining('is used up: 0.15 USD. "raise" allows 0.15 USD more'),
        options: ['raise', 'stop'],
        shows: {
          ...{ budget: RUN_ID, used_up: 'usd', allowed: { usd: 0.15 }, spent: { usd: 0.1 }, held: { usd: 0 } },
          ...{ left: { usd: 0.05 }, wanted: { model: 'fast', usd: 0.1 } },
        },
      },
    ]);
  });

  test('is raised by as much as it was, and the call goes on', async () => {
    const { open, outcome, answers, account } = await usedUp();
    answers(() => person('raise'));
    expect(await outcome(open().reserve())).toHaveProperty('settle');
    expect(await account()).toMatchObject({ limit: { micros: 300_000 }, left: { micros: 100_000 } });
  });

  test('is raised by the amount that the comment begins with', async () => {
    const { open, outcome, answers, account } = await usedUp();
    answers(() => person('raise', '2.5 is enough for today'));
    await outcome(open().reserve());
    expect(await account()).toMatchObject({ limit: { micros: 2_650_000 } });
  });

  test('asks the same question again in the same words, so that its answer is found and counts once', async () => {
    const { open, outcome, asked, answers, account } = await usedUp();
    await outcome(open().reserve());
    // Somebody else spends on meanwhile: the question that is open must not change with it.
    await (await open('other').reserve({ usd: 0.03 })).settle({ ...used, usd: 0.01 });
    answers(() => person('raise'));
    const reserved = await outcome(open().reserve());
    if (typeof reserved === 'object' && 'settle' in reserved) await reserved.settle({ ...used, usd: 0.1 });
    await outcome(open().reserve({ usd: 0.2 }));
    expect(asked[1]).toEqual(asked[0]);
    expect(asked).toHaveLength(3);
    expect(asked[2]?.question).toContain('0.30 USD');
    expect(await account()).toMatchObject({ limit: { micros: 450_000 } });
  });

  test('is closed by anything but a raise: nothing more is given out', async () => {
    const { open, outcome, answers, asked } = await usedUp();
    answers(() => person('stop'));
    expect(await outcome(open().reserve())).toMatchObject({ code: 'budget_exhausted' });
    expect(await outcome(open('other').reserve({ usd: 0.01 }))).toMatchObject({
      code: 'budget_exhausted',
      message: expect.stringContaining('ada added nothing'),
    });
    expect(asked).toHaveLength(1);
  });

  test('takes silence for no', async () => {
    const { open, outcome, answers } = await usedUp();
    answers(() => Promise.reject(new NonRecoverableError('no_decision', 'nobody decided')));
    expect(await outcome(open().reserve())).toMatchObject({ code: 'budget_exhausted' });
    expect(await outcome(open().reserve({ usd: 0.01 }))).toMatchObject({ code: 'budget_exhausted' });
  });

  test('asks once however many tasks want more: the others are put back', async () => {
    const { open, outcome, asked } = await usedUp();
    expect(await outcome(open('a').reserve())).toBe('still waits');
    expect(await outcome(open('b').reserve())).toMatchObject({ name: 'PutBack', seconds: 45 });
    expect(asked).toHaveLength(1);
  });

  test('of time can be given more of it as well', async () => {
    const { open, outcome, answers, clock, asked, account } = rig([budgetRef({ seconds: 60, atLimit: 'ask' })]);
    // Too little at first: it is asked again.
    answers(() => person('raise', asked.length === 1 ? '10' : '80'));
    clock.advance(100_000);
    expect(await outcome(open().reserve())).toHaveProperty('settle');
    expect(asked).toMatchObject([
      { question: expect.stringContaining('is used up: 60 seconds') },
      { question: expect.stringContaining('is used up: 70 seconds') },
    ]);
    expect(await account()).toMatchObject({ moreSeconds: 90 });
    clock.advance(40_000);
    await open().reserve();
    clock.advance(20_000);
    await outcome(open().reserve());
    expect(asked).toHaveLength(3);
  });
});

describe('the stop button', () => {
  const stop = { by: 'ada', reason: 'too dear' };

  test('puts the work of a stopped run back before its next call, until it goes on', async () => {
    const { open, stops } = rig([budgetRef({ calls: 5 })]);
    await stops.setRun(RUN_ID, stop, 1);
    const error = await open()
      .reserve()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Stopped);
    expect(error).toMatchObject({ message: 'stopped by ada: too dear' });
    await expect(open().check()).rejects.toBeInstanceOf(Stopped);
    await stops.setRun(RUN_ID, undefined, 2);
    await open().reserve();
  });

  test('reaches work that waits for its budget', async () => {
    const { open, outcome, stops, clock } = rig([budgetRef({ calls: 1 })]);
    await open('a').reserve();
    clock.after(250, () => void stops.setRun(RUN_ID, stop, 1));
    expect(await outcome(open('b').reserve())).toBeInstanceOf(Stopped);
  });

  test('lets what takes back a run that has ended go on, and nothing else', async () => {
    const { open, stops } = rig();
    await stops.setRun(RUN_ID, { ...stop, ended: true }, 1);
    await expect(open('pay').check()).rejects.toBeInstanceOf(Stopped);
    for (const undo of ['pay.undo', 'pay.undo..1-call']) await open(undo).check();
    await expect(open('pay.undone').check()).rejects.toBeInstanceOf(Stopped);
  });

  test('stops that too when everything is stopped', async () => {
    const { open, holds } = rig();
    await holds.set('*', { action: 'pause', by: 'ada', reason: '', at: 1 }, 1);
    await expect(open('pay.undo').check()).rejects.toThrow('stopped by ada');
  });
});
