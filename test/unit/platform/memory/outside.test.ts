import { afterEach, describe, expect, test } from '@jest/globals';
import type { Recalled } from '../../../../lambdas/contracts/memory.ts';
import type { AgentContext } from '../../../../lambdas/runtime/agent.ts';
import { fakeAgent } from '../../../../lambdas/testing/fake-agent.ts';
import { createTestFleet, type TestFleet } from '../../../../lambdas/testing/test-fleet.ts';
import { workflow } from '../../../support/factories.ts';
import { payTool, readTool } from '../../../support/tools/sample-tools.ts';

const IBAN = 'DE89 3704 0044 0532 0130 00';
const FACTS = { pool: 'facts' };
type Work = (ctx: AgentContext) => Promise<unknown>;

let fleet: TestFleet | undefined;
afterEach(() => fleet?.stop());

/** A reader reads pages, a clerk has no tools and no steps, a payer may pay; all of them know the same facts. */
async function played(
  works: ReadonlyArray<readonly [agent: 'reader' | 'clerk' | 'payer', work: Work]>,
  outside = true,
) {
  const { tool, paid } = payTool('idempotent', undefined, { privileged: true });
  const agent = (name: string, tools: string[], steps: boolean) =>
    fakeAgent(
      name,
      { [`${name}.work`]: async (_, ctx) => void (await works.find(([does]) => does === name)?.[1](ctx)) },
      { uses: { memory: { facts: 'read-write' }, steps, tools } },
    );
  const made = await createTestFleet({
    agents: [agent('reader', ['read'], true), agent('clerk', [], false), agent('payer', ['pay'], true)],
    tools: [tool, readTool({ owner: 'Mallory', iban: IBAN }, { outside })],
    ...{ sweepEveryMs: 0, measureEveryMs: 0 },
  });
  fleet = made;
  const tasks = works.map(([name], i) => ({
    ...{ id: name, type: `${name}.work` },
    ...(i > 0 && { dependsOn: [works[i - 1]?.[0] ?? ''] }),
  }));
  const runId = await made.start(workflow(tasks));
  await made.advance(120_000);
  const asked = made.events.flatMap((event) => (event.name === 'decision_requested' ? [event.detail] : []));
  return { runId, paid, asked, fleet: made };
}

const readAndRemember: Work = async (ctx) => {
  const page = await ctx.tool('read', { page: 'invoice' });
  await ctx.memory.remember({ text: 'the account of our supplier', data: page }, FACTS);
};
const payWhatIsKnown: Work = async (ctx) => {
  const { entries } = await ctx.memory.recall('account of the supplier');
  await ctx.tool('pay', { to: ibanOf(entries), amount: 5 });
};
const ibanOf = ([entry]: readonly Recalled[]): string =>
  /DE\d\d [\d ]+\d/.exec(JSON.stringify([entry?.text, entry?.data]))?.[0] ?? 'nobody';

describe('what had come from outside when it was remembered', () => {
  test('is not handed to a privileged tool by whoever recalls it, unless a person approves', async () => {
    const {
      paid,
      asked,
      runId,
      fleet: on,
    } = await played([
      ['reader', readAndRemember],
      ['payer', payWhatIsKnown],
    ]);
    expect(paid).toEqual([]);
    expect(asked).toMatchObject([{ shows: { tool: 'pay', from_outside: ['$.to'] } }]);
    const [{ task_id = '', digest = '' } = {}] = asked;
    await on.decide(runId, task_id, 'approve', 'ann', { digest });
    expect(await on.ended(runId)).toMatchObject({ status: 'completed' });
    expect(paid).toMatchObject([{ to: IBAN }]);
  });

  test('is like anything else where the tool that brought it is one of ours', async () => {
    const { paid, asked } = await played(
      [
        ['reader', readAndRemember],
        ['payer', payWhatIsKnown],
      ],
      false,
    );
    expect([paid.length, asked.length]).toEqual([1, 0]);
  });

  test('stays so when an agent without any tools remembers it in other words', async () => {
    const { paid, asked } = await played([
      ['reader', readAndRemember],
      [
        'clerk',
        async ({ memory }) => {
          const { entries } = await memory.recall('supplier');
          await memory.forget(
            entries.map(({ id }) => id),
            FACTS,
          );
          await memory.remember({ text: `Account of the supplier: ${ibanOf(entries)}.` }, FACTS);
        },
      ],
      ['payer', payWhatIsKnown],
    ]);
    expect([paid.length, asked.length]).toEqual([0, 1]);
  });

  test('stays so in a note of the run', async () => {
    const { paid, asked } = await played([
      ['reader', async (ctx) => ctx.memory.note('account', await ctx.tool('read', { page: 'invoice' }))],
      [
        'payer',
        async (ctx) => {
          const { account } = await ctx.memory.notes();
          await ctx.tool('pay', { to: JSON.stringify(account), amount: 5 });
        },
      ],
    ]);
    expect([paid.length, asked.length]).toEqual([0, 1]);
  });

  test('stays so when the task has left and come back', async () => {
    const { paid, asked } = await played([
      ['reader', readAndRemember],
      [
        'payer',
        async (ctx) => {
          const { entries } = await ctx.memory.recall('supplier');
          await ctx.wait({ seconds: 60 });
          await ctx.tool('pay', { to: ibanOf(entries), amount: 5 });
        },
      ],
    ]);
    expect([paid.length, asked.length]).toEqual([0, 1]);
  });

  test('is shown by where it is from, also where an agent says so itself; and is not merged with what we know', async () => {
    let found: readonly Recalled[] = [];
    const { fleet: on } = await played([
      [
        'clerk',
        async ({ memory }) => {
          await memory.remember({ text: 'The supplier is paid by wire.' }, FACTS);
          await memory.remember({ text: 'the supplier is paid by wire', outside: true, origin: 'a mail' }, FACTS);
        },
      ],
      [
        'payer',
        async ({ memory }) => {
          found = (await memory.recall('supplier')).entries;
        },
      ],
    ]);
    const tidied = await on.platform.memory.call('people', { tenant: 'default', operation: { op: 'consolidate' } });
    expect(tidied).toMatchObject({ answer: { merged: 0 } });
    expect(found.map(({ sources: [source] }) => [source?.origin, source?.outside])).toEqual([
      [undefined, undefined],
      ['a mail', true],
    ]);
  });
});
