import { describe, expect, test } from '@jest/globals';
import { memoryClaims } from '../../../../lambdas/adapters/memory/memory-claims.ts';
import { memoryTable } from '../../../../lambdas/adapters/memory/memory-table.ts';
import { createMeter } from '../../../../lambdas/adapters/memory/meter.ts';
import { NonRecoverableError, RecoverableError, SystemError } from '../../../../lambdas/contracts/errors.ts';
import type { Json } from '../../../../lambdas/contracts/json.ts';
import type { Answer, TaskUpdate } from '../../../../lambdas/contracts/messages.ts';
import type { TaskDefinition } from '../../../../lambdas/contracts/workflow-definition.ts';
import type { AgentContext } from '../../../../lambdas/runtime/agent.ts';
import { budgetExhausted } from '../../../../lambdas/runtime/budgets/guard.ts';
import type { Claims } from '../../../../lambdas/runtime/ports.ts';
import { NotDone } from '../../../../lambdas/runtime/tools/errors.ts';
import { RUN_ID } from '../../../support/factories.ts';
import { notedSpending } from '../../../support/models/model-player.ts';
import { payTool } from '../../../support/tools/sample-tools.ts';
import { type ToolPlayerOptions, toolPlayer } from '../../../support/tools/tool-player.ts';

const order = { to: 'bob', amount: 5 };
const pay = async (ctx: AgentContext): Promise<Json> => ctx.tool('pay', order);
const decided = (decision: string, comment?: string) => ({
  result: { value: { decision, decided_by: 'ann', ...(comment !== undefined && { comment }) } },
});

/** The question that an attempt has left open. */
function questionOf(update: TaskUpdate | undefined) {
  const [task] = update?.status === 'delegated' ? update.tasks : [];
  if (!task?.ask) throw new Error(`no question: ${JSON.stringify(update)}`);
  return { key: task.id.slice('a..'.length), ...task.ask };
}

function outside(
  how?: Parameters<typeof payTool>[1],
  options: ToolPlayerOptions = {},
  handle: (ctx: AgentContext) => Promise<Json> = pay,
) {
  const { tool, paid } = payTool('outside', how, { timeoutSeconds: 5 });
  const claimed: string[] = [];
  const player = toolPlayer([tool], handle, {
    claimsOf: (own) => ({
      ...own,
      claim: (key, attempt, holder, until) => {
        claimed.push(key);
        return own.claim(key, attempt, holder, until);
      },
    }),
    ...options,
  });
  /** From attempt to attempt; time passes while it waits. */
  const playOn = (answer: (ask: NonNullable<TaskDefinition['ask']>) => Answer, from = 1) =>
    player.play(
      ({ ask, sleep }) => {
        if (ask) return answer(ask);
        player.clock.pass((sleep?.seconds ?? 0) * 1_000);
        return { result: { value: null } };
      },
      { attempt: from },
    );
  return { ...player, playOn, paid, claimed };
}

/** A process that dies: what it does after that changes nothing, and it never answers. */
const dying = (): Promise<never> => new Promise(() => {});

describe('a tool with outside effects', () => {
  test('is claimed under run, task, place, tool and arguments, worked once, and settled', async () => {
    const { deliver, claimed, claims, paid } = outside();
    expect(await deliver()).toMatchObject({ status: 'completed', result: { value: { receipt: 'receipt 1' } } });
    expect(claimed).toEqual([expect.stringMatching(new RegExp(`^work#${RUN_ID}/a/1/pay/[0-9a-f]{32}$`))]);
    expect(await claims.outcome(claimed[0] ?? '')).toEqual({ outcome: { value: { receipt: 'receipt 1' } } });
    expect(paid).toHaveLength(1);
  });

  test('that was done before a crash is answered from its claim', async () => {
    const world = outside(undefined, {
      claimsOf: (own) => ({
        ...own,
        async settle(key, attempt, outcome) {
          await own.settle(key, attempt, outcome);
          if (crash) await dying();
        },
      }),
    });
    let crash = true;
    void world.deliver();
    await new Promise((resolve) => setTimeout(resolve, 20));
    crash = false;
    expect(await world.deliver({ receiveCount: 2 })).toMatchObject({ result: { value: { receipt: 'receipt 1' } } });
    expect(world.paid).toHaveLength(1);
  });

  test('that may still be at work elsewhere is waited for, outside of the Lambda', async () => {
    const { deliver, paid } = outside(() => dying());
    void deliver();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await deliver({ attempt: 2 })).toMatchObject({
      status: 'delegated',
      tasks: [{ id: expect.stringContaining('_back_1-sleep'), sleep: { seconds: 7 } }],
    });
    expect(paid).toHaveLength(1);
  });

  test('of which nobody knows is never begun again by itself: a person is asked', async () => {
    const { deliver, paid, clock } = outside((times) => (times === 1 ? dying() : 'second'));
    void deliver();
    await new Promise((resolve) => setTimeout(resolve, 20));
    clock.pass(4_000);
    expect(await deliver({ attempt: 2 })).toMatchObject({ tasks: [{ sleep: { seconds: 3 } }] });
    clock.pass(10_000);
    const waited = { '1_back_1-sleep': { result: { value: null } } };
    const question = questionOf(await deliver({ attempt: 3, answers: waited }));
    expect(question).toMatchObject({
      question: expect.stringContaining('"pay"'),
      options: ['repeat', 'done', 'fail'],
      shows: { tool: 'pay', arguments: '{"amount":5,"to":"bob"}', try: 1 },
    });
    expect(paid).toHaveLength(1);
    const answers = { ...waited, [question.key]: decided('repeat') };
    expect(await deliver({ attempt: 4, answers })).toMatchObject({ result: { value: { receipt: 'second' } } });
    expect(paid.map(({ key }) => key)).toEqual([paid[0]?.key, paid[0]?.key]);
  });

  test.each<[string, () => Promise<string>]>([
    ['throws what it did not expect', () => Promise.reject(new TypeError('socket hang up'))],
    ['says that the service did not answer', () => Promise.reject(new SystemError('bank_down', 'no answer'))],
    ['says that it might work later', () => Promise.reject(new RecoverableError('busy', 'try later'))],
    ['does not end', dying],
  ])('that %s leaves it to a person', async (_, how) => {
    const { playOn, clock, paid } = outside((times) => (times === 1 ? how() : 'second'));
    const asked: string[] = [];
    setTimeout(() => clock.pass(6_000), 20);
    const { last } = await playOn(({ question }) => {
      asked.push(question);
      return decided('repeat');
    });
    expect(last).toMatchObject({ status: 'completed', result: { value: { receipt: 'second' } } });
    expect(asked).toHaveLength(1);
    expect(paid).toHaveLength(2);
  });

  test('that says itself that nothing has happened is tried again without asking', async () => {
    const { deliver, paid } = outside((times) => {
      if (times === 1) throw new NotDone('bank_closed', 'the connection was refused');
      return 'second';
    });
    expect(await deliver()).toMatchObject({ error: { code: 'bank_closed', class: 'recoverable' } });
    expect(await deliver({ attempt: 2 })).toMatchObject({ result: { value: { receipt: 'second' } } });
    expect(paid).toHaveLength(2);
  });

  test('that fails for good has failed for everybody', async () => {
    const { deliver, paid } = outside(() => {
      throw new NonRecoverableError('card_declined', 'no money');
    });
    const failed = { status: 'failed', error: { code: 'card_declined', class: 'non_recoverable' } };
    expect(await deliver()).toMatchObject(failed);
    expect(await deliver({ attempt: 2 })).toMatchObject(failed);
    expect(paid).toHaveLength(1);
  });

  test('that lies about its schema has taken place all the same: it fails, and is not done again', async () => {
    const { deliver, paid, claims, claimed } = outside(() => JSON.parse('7'));
    const failed = {
      status: 'failed',
      error: { code: 'tool_output_invalid', class: 'non_recoverable', message: expect.stringContaining('receipt') },
    };
    expect(await deliver()).toMatchObject(failed);
    expect(await deliver({ attempt: 2 })).toMatchObject(failed);
    expect(await claims.outcome(claimed[0] ?? '')).toMatchObject({
      outcome: { error: { code: 'tool_output_invalid' } },
    });
    expect(paid).toHaveLength(1);
  });

  test('is begun once by deliveries of one moment', async () => {
    const { deliver, playOn, paid } = outside();
    const updates = await Promise.all([deliver(), deliver(), deliver()]);
    const completed = updates.filter((update) => update?.status === 'completed');
    expect(completed.length).toBeGreaterThan(0);
    expect(paid).toHaveLength(1);
    expect((await playOn(() => decided('fail'), 2)).last).toMatchObject({
      result: { value: { receipt: 'receipt 1' } },
    });
    expect(paid).toHaveLength(1);
  });

  test('is not begun again when a person answers after claims were forgotten', async () => {
    let claims: Claims | undefined;
    const claimsOf = (own: Claims): Claims => ({
      claim: (...args) => (claims ?? own).claim(...args),
      settle: (...args) => (claims ?? own).settle(...args),
      outcome: (...args) => (claims ?? own).outcome(...args),
      heldUntil: (...args) => (claims ?? own).heldUntil(...args),
    });
    const { deliver, paid, skew } = outside(() => Promise.reject(new Error('socket hang up')), { claimsOf });
    const question = questionOf(await deliver());
    skew.ms = 40 * 86_400_000;
    claims = memoryClaims(memoryTable(createMeter()));
    const answers = { [question.key]: decided('done', '{"receipt":"by phone"}') };
    expect(await deliver({ attempt: 2, answers })).toMatchObject({ result: { value: { receipt: 'by phone' } } });
    expect(paid).toHaveLength(1);
  });

  test('with other arguments than before the crash is not taken for another call', async () => {
    let amount = 5;
    const { deliver, paid } = outside(
      () => Promise.reject(new NotDone('later', 'not now')),
      {},
      (ctx) => ctx.tool('pay', { to: 'bob', amount }),
    );
    await deliver();
    amount = 6;
    expect(await deliver({ attempt: 2 })).toMatchObject({
      error: { code: 'non_deterministic', message: expect.stringContaining('other arguments') },
    });
    expect(paid).toHaveLength(1);
  });

  test('does not take place when the budget is used up, and leaves no claim behind', async () => {
    const spending = notedSpending([], () => {
      throw budgetExhausted('nothing left', {});
    });
    const { deliver, paid, claimed } = outside(undefined, { spending });
    expect(await deliver()).toMatchObject({ error: { code: 'budget_exhausted' } });
    expect([paid, claimed]).toEqual([[], []]);
  });

  test('that was done is answered though the budget is used up meanwhile', async () => {
    let left = 1;
    const spending = notedSpending([], () => {
      if (left-- < 1) throw budgetExhausted('nothing left', {});
    });
    let crash = true;
    const claimsOf = (own: Claims): Claims => ({
      ...own,
      async settle(key, attempt, outcome) {
        await own.settle(key, attempt, outcome);
        if (crash) await dying();
      },
    });
    const { deliver, paid } = outside(undefined, { spending, claimsOf });
    void deliver();
    await new Promise((resolve) => setTimeout(resolve, 20));
    crash = false;
    expect(await deliver({ receiveCount: 2 })).toMatchObject({ result: { value: { receipt: 'receipt 1' } } });
    expect(paid).toHaveLength(1);
  });

  test('whose claims are out of reach is not begun', async () => {
    const broken = () => Promise.reject(new SystemError('claims_unavailable', 'no table'));
    const { deliver, paid } = outside(undefined, { claimsOf: (own) => ({ ...own, heldUntil: broken }) });
    expect(await deliver()).toMatchObject({ error: { code: 'claims_unavailable', class: 'system' } });
    expect(paid).toEqual([]);
  });
});

describe('a person who is asked what became of a call', () => {
  const hangs = () => Promise.reject(new Error('socket hang up'));

  test('tells what it answered', async () => {
    const { playOn, paid } = outside(hangs);
    const { last } = await playOn(() => decided('done', '{"receipt":"by phone"}'));
    expect(last).toMatchObject({ status: 'completed', result: { value: { receipt: 'by phone' } } });
    expect(paid).toHaveLength(1);
  });

  test('is asked again when that does not fit', async () => {
    const { playOn } = outside(hangs);
    const asked: string[] = [];
    const comments = [undefined, 'it worked', '{"receipt":7}', '{"receipt":"r7"}'];
    const { last } = await playOn(({ question }) => {
      asked.push(question);
      return decided('done', comments[asked.length - 1]);
    });
    expect(last).toMatchObject({ result: { value: { receipt: 'r7' } } });
    expect(asked).toHaveLength(4);
    expect(asked[2]).toContain('it is no JSON');
    expect(asked[3]).toContain('receipt');
  });

  test.each([
    ['lets it fail', decided('fail', 'the bank has no trace of it'), 'no trace'],
    [
      'does not answer',
      { error: { code: 'no_decision', class: 'non_recoverable' as const, message: 'silence' } },
      'silence',
    ],
  ])('who %s', async (_, answer, why) => {
    const { playOn, deliver, paid } = outside(hangs);
    const { last } = await playOn(() => answer);
    const failed = { error: { code: 'tool_outcome_unknown', message: expect.stringContaining(why) } };
    expect(last).toMatchObject(failed);
    expect(await deliver({ attempt: 50 })).toMatchObject(failed);
    expect(paid).toHaveLength(1);
  });

  test('counts only if the work has not ended in the meantime', async () => {
    let end: (receipt: string) => void = () => {};
    const { deliver, paid, clock } = outside((times) =>
      times === 1
        ? new Promise((resolve) => {
            end = resolve;
          })
        : 'second',
    );
    const first = deliver();
    await new Promise((resolve) => setTimeout(resolve, 20));
    clock.pass(5_000);
    const question = questionOf(await first);
    end('late, but true');
    await new Promise((resolve) => setTimeout(resolve, 20));
    const answers = { [question.key]: decided('repeat') };
    expect(await deliver({ attempt: 2, answers })).toMatchObject({ result: { value: { receipt: 'late, but true' } } });
    expect(paid).toHaveLength(1);
  });
});
