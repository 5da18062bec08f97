import { describe, expect, test } from '@jest/globals';
import { comparedRun } from '../../../bin/commands/diff.ts';
import { diffText } from '../../../bin/views/diff-display.ts';
import { fakeAgent } from '../../../lambdas/testing/fake-agent.ts';
import { createTestFleet, type TestFleet } from '../../../lambdas/testing/test-fleet.ts';
import { diffRuns, isSameFor, type RunDiff } from '../../../lambdas/views/run-diff.ts';
import { runIdOf } from '../../../lambdas/workflow/run-identity.ts';
import { workflow } from '../../support/factories.ts';

const LARGE = 'x'.repeat(4_000);

const fleetOf = () =>
  createTestFleet({
    agents: [
      fakeAgent('twin-a', { double: (input) => `${input}${input}`, print: (input) => input }),
      fakeAgent('twin-b', { double: (input) => `${input}${input}` }),
    ],
    workflows: [
      workflow(
        [
          { id: 'double', type: 'double', agent: 'twin-a', input: '{% $input.text %}' },
          { id: 'print', type: 'print', input: '{% $results.double %}', dependsOn: ['double'] },
          { id: 'sign', type: 'print', input: 'me' },
        ],
        { name: 'letters', lifecycle: 'queue' },
      ),
    ],
  });

async function difference(fleet: TestFleet, one: string, other: string): Promise<RunDiff> {
  const { world } = fleet.platform;
  return diffRuns(await comparedRun(world, one), await comparedRun(world, other));
}

const taskIn = (diff: RunDiff, id: string) => diff.tasks.find(({ task }) => task === id);

describe('A diff of two runs', () => {
  test('says that runs which did the same are the same, however long they took', async () => {
    const fleet = await fleetOf();
    const first = await fleet.run('letters', { text: 'a' });
    await fleet.advance(86_400_000);
    const second = await fleet.run('letters', { text: 'a' });
    const diff = await difference(fleet, first.runId, second.runId);
    expect(diff).toMatchObject({ same: true, first_difference: [null, null] });
    expect(diff.tasks.map(({ differs }) => differs)).toEqual([[], [], []]);
    expect(diffText(diff)).toContain('the same but for times');
  });

  test('names what differs in each task, and the first thing that happened in one only', async () => {
    const fleet = await fleetOf();
    const first = await fleet.run('letters', { text: 'a' });
    const second = await fleet.run('letters', { text: 'b' });
    const diff = await difference(fleet, first.runId, second.runId);
    expect(diff).toMatchObject({ same: false, input: [{ text: 'a' }, { text: 'b' }] });
    expect(taskIn(diff, 'double')).toMatchObject({ differs: ['result'], result: ['aa', 'bb'] });
    expect(taskIn(diff, 'sign')?.differs).toEqual([]);
    expect(diff.first_difference).toMatchObject([
      { what: 'tasks_completed', task: 'double', details: 'aa' },
      { what: 'tasks_completed', task: 'double', details: 'bb' },
    ]);
    expect(diffText(diff)).toMatch(/2 of 3 tasks differ/);
  });

  test('does not count it as a difference that each run names itself', async () => {
    const [one, other] = ['run_a1', 'run_b2'];
    expect(isSameFor([one, other], { key: `runs/${one}/x` }, { key: `runs/${other}/x` })).toBe(true);
    expect(isSameFor([one, other], { key: `runs/${one}/x` }, { key: `runs/${other}/y` })).toBe(false);
  });

  test('shows only those parts of large values that differ', async () => {
    const fleet = await fleetOf();
    const rules = ['trim', { cast: 'day' }];
    const first = await fleet.run('letters', { text: 'a', rules });
    const second = await fleet.run('letters', { text: 'a', rules: ['trim', { cast: 'hour' }], more: 1 });
    const text = diffText(await difference(fleet, first.runId, second.runId));
    expect(text).toContain('  input.rules.1.cast\n    1 day\n    2 hour\n  input.more\n    1 –\n    2 1\n');
    expect(text).not.toContain('trim');
  });

  test('opens results that lie in the blob bucket', async () => {
    const fleet = await fleetOf();
    const first = await fleet.run('letters', { text: LARGE });
    const second = await fleet.run('letters', { text: `${LARGE}!` });
    const result = taskIn(await difference(fleet, first.runId, second.runId), 'print')?.result;
    expect(result).toEqual([`${LARGE}${LARGE}`, `${LARGE}!${LARGE}!`]);
  });

  test('shows what a fork did in another way, and counts as common what it took over', async () => {
    const fleet = await fleetOf();
    const first = await fleet.run('letters', { text: 'a' });
    const edit = { tasks: { double: { agent: 'twin-b' } } };
    const detail = { workflow_id: first.runId, at: 0, request_id: 'f', edit, requested_by: 'ann', reason: '' };
    await fleet.platform.publish(
      { name: 'workflow_fork_requested', detail: { ...detail, effects: 'recorded' } },
      'test',
    );
    const second = await fleet.ended(runIdOf('default', 'f'));
    const diff = await difference(fleet, first.runId, second.runId);
    expect(diff).toMatchObject({ forked_at: 0, same: false });
    expect(taskIn(diff, 'double')).toMatchObject({ differs: ['agent'], agent: ['twin-a', 'twin-b'] });
    expect(diff.first_difference).toMatchObject([
      { what: 'tasks_dispatched', task: 'double', details: 'twin-a' },
      { what: 'tasks_dispatched', task: 'double', details: 'twin-b' },
    ]);
  });

  test('names tasks that only one of them has', async () => {
    const fleet = await fleetOf();
    const first = await fleet.run('letters', { text: 'a' });
    const second = await fleet.run(workflow([{ id: 'sign', type: 'print', input: 'me' }], { name: 'letters' }));
    const diff = await difference(fleet, first.runId, second.runId);
    expect(taskIn(diff, 'print')).toMatchObject({ differs: ['existence'], status: ['completed', null] });
    expect(taskIn(diff, 'sign')?.differs).toEqual([]);
  });
});
