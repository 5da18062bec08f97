import { describe, expect, test } from '@jest/globals';
import type { BusEventDetail } from '../../../lambdas/contracts/bus-events.ts';
import type { Json } from '../../../lambdas/contracts/json.ts';
import { fakeAgent } from '../../../lambdas/testing/fake-agent.ts';
import { createTestFleet, type TestFleet } from '../../../lambdas/testing/test-fleet.ts';
import type { TestRun } from '../../../lambdas/testing/test-run.ts';
import { runIdOf } from '../../../lambdas/workflow/run-identity.ts';
import { workflow } from '../../support/factories.ts';

type ForkRequest = Partial<Omit<BusEventDetail<'workflow_fork_requested'>, 'workflow_id'>>;

/** Asks for a fork and answers the id that it has if it is made. */
async function askForFork(fleet: TestFleet, from: string, request: ForkRequest = {}): Promise<string> {
  const detail = {
    ...({ workflow_id: from, request_id: 'fork-1', effects: 'recorded', reason: '', requested_by: 'ann' } as const),
    ...request,
  };
  await fleet.platform.publish({ name: 'workflow_fork_requested', detail }, 'test');
  await fleet.platform.time.settle();
  return runIdOf('default', detail.request_id ?? '');
}

const fork = async (fleet: TestFleet, from: string, request: ForkRequest = {}): Promise<TestRun> =>
  fleet.ended(await askForFork(fleet, from, request));

const refusals = (fleet: TestFleet) =>
  fleet.events.flatMap((event) => (event.name === 'request_refused' ? [event.detail] : []));

/** Extracts, pays outside, reports; each counts how often it really worked. */
async function shop(options: { failing?: () => boolean } = {}) {
  const worked: string[] = [];
  const does = (name: string, answer: (input: Json) => Json) => (input: Json) => {
    worked.push(name);
    if (name === 'report' && options.failing?.()) throw new Error('the printer is out of paper');
    return answer(input);
  };
  const fleet = await createTestFleet({
    agents: [
      fakeAgent('extractor', {
        extract: does('extract', (input) => {
          if (input === 'nowhere') throw new Error('there is nothing');
          return { rows: input };
        }),
      }),
      fakeAgent(
        'payer',
        { pay: does('pay', (input) => ({ paid: input })), refund: does('refund', () => 'refunded') },
        { effects: 'outside' },
      ),
      fakeAgent('reporter', { report: does('report', (input) => ({ report: input })) }),
    ],
    workflows: [
      workflow(
        [
          {
            id: 'extract',
            type: 'extract',
            input: '{% $input.source %}',
            retry: { maxAttempts: 1 },
            escalate: 'fail',
          },
          { id: 'pay', type: 'pay', input: 7, dependsOn: ['extract'], undo: { type: 'refund' } },
          {
            id: 'report',
            type: 'report',
            input: '{% $results.pay.paid %}',
            dependsOn: ['pay'],
            retry: { maxAttempts: 1 },
            escalate: 'fail',
          },
        ],
        { name: 'shop', lifecycle: 'queue' },
      ),
    ],
  });
  return { fleet, worked };
}

/** After which entry a task was done. */
function entryThatEnds(run: TestRun, task: number): number {
  const entry = run.journal.find(({ events }) =>
    events.some((event) => event.type === 'tasks_completed' && event.done.some(([index]) => index === task)),
  );
  return entry?.seq ?? Number.NaN;
}

describe('A fork', () => {
  test('goes on after an entry of another run: what was done there is kept, the rest is done', async () => {
    const { fleet, worked } = await shop();
    const first = await fleet.run('shop', { source: 'a' });
    worked.length = 0;
    const forked = await fork(fleet, first.runId, { at: entryThatEnds(first, 1) });
    expect(forked).toMatchObject({ status: 'completed', result: first.result });
    expect(worked).toEqual(['report']);
    expect(forked.journal[0]?.events[0]).toMatchObject({ type: 'run_forked', from: first.runId, effects: 'recorded' });
    expect(forked.runId).not.toBe(first.runId);
  });

  test('of the very beginning does everything again but outside work, which answers from the record', async () => {
    const { fleet, worked } = await shop();
    const first = await fleet.run('shop', { source: 'a' });
    worked.length = 0;
    const forked = await fork(fleet, first.runId, { at: 0 });
    expect(forked).toMatchObject({ status: 'completed', result: first.result });
    expect(worked).toEqual(['extract', 'report']);
  });

  test('does outside work again only when that is asked for', async () => {
    const { fleet, worked } = await shop();
    const first = await fleet.run('shop', { source: 'a' });
    worked.length = 0;
    await fork(fleet, first.runId, { at: 0, effects: 'allowed' });
    expect(worked).toEqual(['extract', 'pay', 'report']);
  });

  test('asks a person for the answer of outside work that the other run never did', async () => {
    const { fleet, worked } = await shop();
    const first = await fleet.run('shop', { source: 'nowhere' });
    expect(first.status).toBe('failed');
    worked.length = 0;
    const runId = await askForFork(fleet, first.runId, { at: 0, edit: { input: { source: 'a' } } });
    await fleet.advance(60_000);
    expect((await fleet.look(runId)).tasks.pay).toMatchObject({ status: 'suspended' });
    const asked = fleet.events.find(({ name }) => name === 'decision_requested');
    expect(asked?.detail).toMatchObject({ error: { code: 'not_recorded' } });
    expect(worked).not.toContain('pay');
    await fleet.decide(runId, 'pay', 'complete', 'ben', { value: { paid: 9 } });
    expect(await fleet.ended(runId)).toMatchObject({ status: 'completed', result: { report: { report: 9 } } });
    expect(worked).not.toContain('pay');
  });

  test('takes back nothing that it only has from the record', async () => {
    let broken = false;
    const { fleet, worked } = await shop({ failing: () => broken });
    const first = await fleet.run('shop', { source: 'a' });
    broken = true;
    worked.length = 0;
    const before = await fork(fleet, first.runId, { at: entryThatEnds(first, 1), request_id: 'kept' });
    const again = await fork(fleet, first.runId, { at: 0, request_id: 'answered' });
    expect([before.status, again.status]).toEqual(['failed', 'failed']);
    expect(worked).not.toContain('refund');
    const really = await fork(fleet, first.runId, { at: 0, effects: 'allowed', request_id: 'really' });
    expect(really.status).toBe('failed');
    expect(worked).toContain('refund');
  });

  test('of a failed run, without an entry, does what had failed once more', async () => {
    let broken = true;
    const { fleet, worked } = await shop({ failing: () => broken });
    const first = await fleet.run('shop', { source: 'a' });
    expect(first.status).toBe('failed');
    broken = false;
    worked.length = 0;
    const forked = await fork(fleet, first.runId);
    expect(forked).toMatchObject({ status: 'completed', result: { report: { report: 7 } } });
    expect(worked).toEqual(['report']);
    expect(forked.tasks.report?.attempt).toBe(2);
  });

  test('changes what its edit says, and nothing else', async () => {
    const { fleet, worked } = await shop();
    const first = await fleet.run('shop', { source: 'a' });
    worked.length = 0;
    const forked = await fork(fleet, first.runId, {
      at: entryThatEnds(first, 1),
      edit: { tasks: { report: { input: 'another' } } },
    });
    expect(forked.result).toEqual({ report: { report: 'another' } });
    const fresh = await fork(fleet, first.runId, { at: 0, edit: { input: { source: 'b' } }, request_id: 'fork-2' });
    expect(fresh.tasks.extract?.result).toEqual({ rows: 'b' });
    expect((await fleet.look(first)).tasks.extract?.result).toEqual({ rows: 'a' });
  });

  test('of a fork begins where that one stood, and has its records', async () => {
    const { fleet, worked } = await shop();
    const first = await fleet.run('shop', { source: 'a' });
    const second = await fork(fleet, first.runId, { at: 0 });
    worked.length = 0;
    const third = await fork(fleet, second.runId, { at: 0, request_id: 'fork-of-fork' });
    expect(third).toMatchObject({ status: 'completed', result: first.result });
    expect(worked).toEqual(['extract', 'report']);
  });

  test('has its waits and questions opened anew, under its own name', async () => {
    const fleet = await createTestFleet({ agents: [] });
    const first = await fleet.start(
      workflow(
        [
          { id: 'paid', waitFor: { event: 'payment' }, timeoutSeconds: 3_600 },
          { id: 'ok', ask: { question: 'May I?', self: true } },
        ],
        { lifecycle: 'queue' },
      ),
    );
    const runId = await askForFork(fleet, first);
    const asked = fleet.events.flatMap((event) =>
      event.name === 'decision_requested' ? [event.detail.workflow_id] : [],
    );
    expect(asked).toEqual([first, runId]);
    await fleet.advance(30 * 60_000);
    await fleet.signal(runId, 'payment', 5);
    await fleet.decide(runId, 'ok', 'approve', 'ben');
    expect(await fleet.ended(runId)).toMatchObject({ status: 'completed', result: { paid: 5 } });
    expect((await fleet.look(first)).tasks.paid?.status).toBe('suspended');
  });

  test('passes no gate of the admission: it is at work beside a run that would keep others out', async () => {
    const fleet = await createTestFleet({ agents: [] });
    const alone = workflow([{ id: 'go', waitFor: { event: 'go' } }], {
      lifecycle: 'queue',
      admission: { singleton: { mode: 'wait' } },
    });
    const first = await fleet.start(alone);
    const second = await fleet.start(alone);
    const forks = [
      await askForFork(fleet, first, { at: 0 }),
      await askForFork(fleet, second, { at: 0, request_id: 'fork-2' }),
    ];
    const statusOf = async (run: string) => (await fleet.look(run)).tasks.go?.status;
    expect(await Promise.all([first, second, ...forks].map(statusOf))).toEqual([
      ...['suspended', 'ready', 'suspended', 'suspended'],
    ]);
    for (const run of [...forks, first]) await fleet.signal(run, 'go');
    for (const run of [...forks, first]) expect((await fleet.ended(run)).status).toBe('completed');
    expect(await statusOf(second)).toBe('suspended');
  });

  test('is made once, however often it is asked for', async () => {
    const { fleet, worked } = await shop();
    const first = await fleet.run('shop', { source: 'a' });
    worked.length = 0;
    const one = await fork(fleet, first.runId, { at: 0 });
    await askForFork(fleet, first.runId, { at: 0 });
    expect(worked).toEqual(['extract', 'report']);
    expect((await fleet.look(one)).journal).toHaveLength(one.journal.length);
    await askForFork(fleet, first.runId, { at: 1 });
    expect(refusals(fleet)).toMatchObject([{ request: 'fork', code: 'request_id_reused', workflow_id: first.runId }]);
  });
});

describe('A request to fork is refused, and nothing is made,', () => {
  test.each([
    ['an entry that the run does not have', { at: 99 }, 'unknown_entry', /no journal entry 99: its last is \d+/],
    ['a task that there is not', { at: 0, edit: { tasks: { reprot: { input: 1 } } } }, 'unknown_task', /report/],
    ['a version that nobody registered', { at: 0, edit: { version: 7 } }, 'unknown_version', /no version 7/],
  ] as const)('for %s', async (_, request, code, reason) => {
    const { fleet } = await shop();
    const first = await fleet.run('shop', { source: 'a' });
    const runId = await askForFork(fleet, first.runId, request);
    expect(refusals(fleet)).toMatchObject([{ request: 'fork', code, requested_by: 'ann' }]);
    expect(refusals(fleet)[0]?.reason).toMatch(reason);
    expect(await fleet.platform.world.runs.get(runId)).toBeUndefined();
  });

  test('for an entry after which there is nothing left to do, with the ones that would do', async () => {
    const { fleet } = await shop();
    const first = await fleet.run('shop', { source: 'a' });
    const last = first.journal.length;
    await askForFork(fleet, first.runId, { at: last });
    expect(refusals(fleet)[0]).toMatchObject({ code: 'not_forkable' });
    expect(refusals(fleet)[0]?.reason).toMatch(new RegExp(`was completed already: fork it from entry ${last - 1}`));
  });

  test('for a run that does not exist', async () => {
    const { fleet } = await shop();
    await askForFork(fleet, runIdOf('default', 'nobody'));
    expect(refusals(fleet)).toMatchObject([{ request: 'fork', code: 'unknown_run' }]);
  });
});
