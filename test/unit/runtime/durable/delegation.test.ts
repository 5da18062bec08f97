import { describe, expect, test } from '@jest/globals';
import { MusterError } from '../../../../lambdas/contracts/errors.ts';
import type { Json } from '../../../../lambdas/contracts/json.ts';
import type { Answer } from '../../../../lambdas/contracts/messages.ts';
import type { TaskDefinition } from '../../../../lambdas/contracts/workflow-definition.ts';
import type { AgentContext } from '../../../../lambdas/runtime/agent.ts';
import { workAgent } from '../../../support/no-op-agent.ts';
import { stepsPlayer } from '../../../support/steps-player.ts';

type Handler = (ctx: AgentContext) => Promise<Json> | Json;
const withSteps = (handle: Handler, manifest = {}) =>
  stepsPlayer(workAgent((_, ctx) => handle(ctx), { ...manifest, uses: { steps: true } }));

const value = (json: Json): Answer => ({ result: { value: json } });

describe('a handler that waits', () => {
  test.each<[string, Handler, Partial<TaskDefinition>, Json, Json]>([
    ['for seconds', (ctx) => ctx.wait({ seconds: 60 }), { id: 'a..1-sleep', sleep: { seconds: 60 } }, null, null],
    [
      'until a time',
      (ctx) => ctx.wait({ until: new Date('2026-02-01T00:00:00Z') }),
      { id: 'a..1-sleep', sleep: { until: '2026-02-01T00:00:00.000Z' } },
      null,
      null,
    ],
    [
      'for an event',
      (ctx) => ctx.wait({ event: 'payment_received', key: 'order 5', timeoutSeconds: 9 }),
      { waitFor: { event: 'payment_received', key: 'order 5' }, timeoutSeconds: 9 },
      { paid: 5 },
      { paid: 5 },
    ],
    [
      'for a person',
      async (ctx) => (await ctx.ask({ question: 'Go on?' }, { timeoutSeconds: 9 })).decision,
      { ask: { question: 'Go on?' }, timeoutSeconds: 9 },
      { decision: 'approve', decided_by: 'ann' },
      'approve',
    ],
    [
      'for another agent',
      (ctx) => ctx.call('etl.load', { rows: 1 }, { priority: 1 }),
      { id: 'a..1-call-etl_load', type: 'etl.load', input: { rows: 1 }, priority: 1 },
      { loaded: 1 },
      { loaded: 1 },
    ],
  ])(
    '%s leaves its Lambda with a task of its own, and goes on with the answer',
    async (_, handle, task, answer, result) => {
      const agent = withSteps(handle);
      const { updates } = await agent.play(() => value(answer));
      expect(updates).toMatchObject([
        { status: 'delegated', attempt: 1, tasks: [task] },
        { status: 'completed', attempt: 2, result: { value: result } },
      ]);
      expect(agent.calls).toEqual({ read: 1, append: 0 });
    },
  );

  test('begins anew with its steps on record', async () => {
    const done: string[] = [];
    const agent = withSteps(async (ctx) => {
      const before = await ctx.step('before', () => done.push('before'));
      const { decision, decided_by } = await ctx.ask({ question: 'Go on?' });
      const after = await ctx.step('after', () => done.push('after'));
      return { before, decision, decided_by, after };
    });
    const { last } = await agent.play(() => value({ decision: 'approve', decided_by: 'ann', comment: 'fine' }));
    const result = { before: 1, decision: 'approve', decided_by: 'ann', after: 2 };
    expect(last).toMatchObject({ status: 'completed', attempt: 2, result: { value: result } });
  });

  test('for no time at all stays where it is', async () => {
    const agent = withSteps(async (ctx) => [await ctx.wait({ seconds: 0 }), await ctx.wait({ seconds: -1 })]);
    expect(await agent.deliver()).toMatchObject({ status: 'completed', result: { value: [null, null] } });
  });

  test('in several places at once reports all of them together, once nothing else runs', async () => {
    const order: string[] = [];
    const agent = withSteps(async (ctx) => {
      const slow = async (): Promise<Json> => {
        await ctx.step('first', async () => {
          for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
          return order.push('first');
        });
        return ctx.call('two', {});
      };
      return Promise.all([ctx.call('one', {}), slow(), ctx.step('third', () => order.push('third'))]);
    });
    const { updates } = await agent.play((task) => value(task.type ?? ''));
    expect(updates).toMatchObject([
      { status: 'delegated', tasks: [{ id: 'a..1-call-one' }, { id: 'a..4-call-two' }] },
      { status: 'completed', attempt: 2, result: { value: ['one', 'two', 1] } },
    ]);
    expect(order).toEqual(['third', 'first']);
  });

  test('can not catch that away', async () => {
    const agent = withSteps(async (ctx) => {
      try {
        await ctx.wait({ seconds: 5 });
      } catch {
        return 'caught';
      } finally {
        agent.world.ids.uuid();
      }
      return 'waited';
    });
    expect(await agent.deliver()).toMatchObject({ status: 'delegated' });
  });

  test('is told to stop what it left running', async () => {
    let stopped = false;
    const agent = withSteps(async (ctx) => {
      ctx.signal.addEventListener('abort', () => {
        stopped = true;
      });
      return ctx.wait({ seconds: 5 });
    });
    await agent.deliver();
    expect(stopped).toBe(true);
  });

  test('and ends without it completes, and says so in its log', async () => {
    const agent = withSteps((ctx) => {
      void ctx.wait({ seconds: 5 });
      return new Promise((resolve) => process.nextTick(() => resolve('not waited')));
    });
    expect(await agent.deliver()).toMatchObject({ status: 'completed', result: { value: 'not waited' } });
    expect(agent.logged.map(({ message }) => message)).toContain('the handler ended without what it waited for');
  });

  test('with outside effects gives its claim back meanwhile', async () => {
    const agent = withSteps((ctx) => ctx.call('other', {}), { effects: 'outside', timeoutSeconds: 30 });
    const { last } = await agent.play(() => value('paid'));
    expect(last).toMatchObject({ status: 'completed', attempt: 2, result: { value: 'paid' } });
  });

  test('finds large answers where they lie', async () => {
    const agent = withSteps((ctx) => ctx.call('other', {}));
    const ref = await agent.world.blobs.put('default', { large: true });
    const { last } = await agent.play(() => ({ result: { ref } }));
    expect(last).toMatchObject({ result: { value: { large: true } } });
  });
});

describe('what a task that was waited for failed with', () => {
  const failed = (code: string, kind: 'recoverable' | 'data' | 'non_recoverable'): Answer => ({
    error: { code, class: kind, message: 'it failed', details: { where: 'there' } },
  });

  test('is thrown, and can be caught', async () => {
    const agent = withSteps(async (ctx) => {
      try {
        return await ctx.call('other', {});
      } catch (error) {
        return error instanceof MusterError ? { code: error.code, where: error.details?.where ?? null } : 'no';
      }
    });
    const { last } = await agent.play(() => failed('no_decision', 'non_recoverable'));
    expect(last).toMatchObject({ status: 'completed', result: { value: { code: 'no_decision', where: 'there' } } });
  });

  test('is not tried again when nobody catches it: the answer would be the same', async () => {
    const agent = withSteps((ctx) => ctx.call('other', {}));
    const { updates } = await agent.play(() => failed('busy', 'recoverable'));
    expect(updates).toMatchObject([
      { status: 'delegated' },
      { status: 'failed', error: { code: 'busy', class: 'non_recoverable', details: { where: 'there' } } },
    ]);
  });
});

describe('tasks that are delegated together', () => {
  const load: TaskDefinition[] = [
    { id: 'read', type: 'etl.read' },
    { id: 'write', type: 'etl.write', dependsOn: ['read'], input: '{% $results.read %}' },
  ];

  test('keep their own ids behind the place, and their results come by these', async () => {
    const agent = withSteps(async (ctx) => {
      const done = await ctx.delegate(load);
      return Object.fromEntries(
        Object.entries(done).map(([id, one]) => [id, 'result' in one ? one.result : one.error.message]),
      );
    });
    const { updates } = await agent.play((task) =>
      task.id.endsWith('read') ? value(7) : { error: { code: 'full', class: 'data', message: 'the disk is full' } },
    );
    expect(updates).toMatchObject([
      { tasks: [{ id: 'a..1.read' }, { id: 'a..1.write', dependsOn: ['a..1.read'], input: '{% $results.read %}' }] },
      { status: 'completed', result: { value: { read: 7, write: 'the disk is full' } } },
    ]);
  });

  test.each<[string, readonly TaskDefinition[], string]>([
    ['two of one name', [load[0], load[0]].flatMap((task) => task ?? []), 'duplicate_task'],
    ['none', [], 'nothing_delegated'],
    ['one with an impossible id', [{ id: 'a b', type: 'x' }], 'bad_task'],
  ])('are refused as data: %s', async (_, tasks, code) => {
    const agent = withSteps(async (ctx) => Object.keys(await ctx.delegate(tasks)));
    expect(await agent.deliver()).toMatchObject({ status: 'failed', error: { code, class: 'data' } });
  });
});

describe('an answer', () => {
  test.each<[string, Handler, Handler, RegExp]>([
    [
      'to another question',
      async (ctx) => (await ctx.ask({ question: 'Delete the backup?' })).decision,
      async (ctx) => (await ctx.ask({ question: 'Delete the database?' })).decision,
      /operation 1 was the task "1-ask-\w+" .*ask "Delete the database\?"/,
    ],
    [
      'about something else',
      async (ctx) => (await ctx.ask({ question: 'Pay?', shows: { amount: 5 } })).decision,
      async (ctx) => (await ctx.ask({ question: 'Pay?', shows: { amount: 500 } })).decision,
      /1-ask-/,
    ],
    ['of another type', (ctx) => ctx.call('one', {}), (ctx) => ctx.call('two', {}), /1-call-one.*call "two"/],
    ['where a step is now', (ctx) => ctx.wait({ seconds: 5 }), (ctx) => ctx.step('go', () => 1), /1-sleep.*step "go"/],
    [
      'of other tasks',
      async (ctx) => Object.keys(await ctx.delegate([{ id: 'x', type: 'x' }])),
      async (ctx) => Object.keys(await ctx.delegate([{ id: 'y', type: 'y' }])),
      /1\.x.*delegate "y"/,
    ],
  ])('%s is not taken', async (_, before, now, said) => {
    let handle = before;
    const agent = withSteps((ctx) => handle(ctx));
    const { updates } = await agent.play((task) => {
      handle = now;
      return value(task.ask ? { decision: 'approve', decided_by: 'ann' } : null);
    });
    expect(updates).toMatchObject([
      { status: 'delegated' },
      { status: 'failed', error: { code: 'non_deterministic', message: expect.stringMatching(said) } },
    ]);
  });
});

describe('inside of an operation', () => {
  test('what is asked is found by its text, whatever was asked before', async () => {
    let runs = 0;
    const agent = withSteps((ctx) =>
      ctx.step('pay', async () => {
        runs += 1;
        if (runs === 1) await ctx.ask({ question: 'More budget?' });
        const { decision } = await ctx.ask({ question: 'Was it paid?' });
        return `${decision} after ${runs}`;
      }),
    );
    const { updates } = await agent.play((task) =>
      value({ decision: task.ask?.question === 'Was it paid?' ? 'yes' : 'more', decided_by: 'ann' }),
    );
    expect(updates.map(({ status }) => status)).toEqual(['delegated', 'delegated', 'completed']);
    expect(updates.at(-1)).toMatchObject({ result: { value: 'yes after 3' } });
  });

  test('waiting leaves the Lambda only when other operations have ended', async () => {
    let done = 0;
    const agent = withSteps((ctx) =>
      Promise.all([
        ctx.step('waits', async () => {
          await ctx.wait({ seconds: 5 });
          return 'waited';
        }),
        ctx.step('works', async () => {
          for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
          done += 1;
          return 'worked';
        }),
      ]),
    );
    const { updates } = await agent.play();
    expect(updates).toMatchObject([{ status: 'delegated' }, { result: { value: ['waited', 'worked'] } }]);
    expect(done).toBe(1);
  });
});
