import { describe, expect, test } from '@jest/globals';
import { readJournal } from '../../../bin/cloud/read-journal.ts';
import { ARCHIVE_PREFIX } from '../../../lambdas/contracts/blob.ts';
import { fakeAgent } from '../../../lambdas/testing/fake-agent.ts';
import type { CallFault, PortCall } from '../../../lambdas/testing/hooks.ts';
import { createTestFleet, type TestFleet } from '../../../lambdas/testing/test-fleet.ts';
import { stateAt, stateDigest } from '../../../lambdas/workflow/replay.ts';
import { runIdOf } from '../../../lambdas/workflow/run-identity.ts';
import { workflow } from '../../support/factories.ts';

const DAY = 86_400_000;
const BULK = { text: 'x'.repeat(150_000) };

interface Options {
  readonly fault?: (call: PortCall) => CallFault | undefined;
  readonly broken?: () => boolean;
}

/** Two tasks; the input is large, so that part of the journal lies in a blob. */
async function fleetOf({ fault, broken = () => false }: Options = {}): Promise<TestFleet> {
  const fleet = await createTestFleet({
    agents: [
      fakeAgent('worker', {
        work: (input) => {
          if (broken() && input === 'last') throw new Error('not now');
          return input;
        },
      }),
    ],
    workflows: [
      workflow(
        [
          { id: 'first', type: 'work', input: 'first', sees: { input: [] } },
          {
            id: 'last',
            type: 'work',
            input: 'last',
            dependsOn: ['first'],
            retry: { maxAttempts: 1 },
            escalate: 'fail',
          },
        ],
        { name: 'two', lifecycle: 'queue' },
      ),
    ],
    ...{ sweepEveryMs: 0, measureEveryMs: 0 },
    ...(fault && { hooks: { call: fault } }),
  });
  return fleet;
}

async function archive(fleet: TestFleet): Promise<void> {
  fleet.platform.call('archiver');
  await fleet.platform.time.settle();
}

const archives = ({ platform }: TestFleet): string[] =>
  [...platform.world.objects.keys()].filter((key) => key.startsWith(`${ARCHIVE_PREFIX}/`));

const digestOf = async ({ platform }: TestFleet, runId: string): Promise<string> =>
  stateDigest(stateAt(runId, await readJournal(platform.world, runId)));

describe('The archiver', () => {
  test('moves journals of runs that ended long ago, and leaves the others', async () => {
    const fleet = await fleetOf();
    const old = await fleet.run('two', BULK);
    await fleet.advance(20 * DAY);
    const young = await fleet.run('two', BULK);
    await fleet.advance(11 * DAY);
    await archive(fleet);
    expect(archives(fleet)).toHaveLength(1);
    expect((await fleet.platform.world.runs.get(old.runId))?.archived?.key).toBe(archives(fleet)[0]);
    expect((await fleet.platform.world.runs.get(young.runId))?.archived).toBeUndefined();
    await archive(fleet);
    expect(archives(fleet)).toHaveLength(1);
  });

  test('changes nothing that anybody reads: entries, state, index', async () => {
    const fleet = await fleetOf();
    const { runId, journal } = await fleet.run('two', BULK);
    const before = await digestOf(fleet, runId);
    await fleet.advance(31 * DAY);
    await archive(fleet);
    expect(archives(fleet)).toHaveLength(1);
    expect(await digestOf(fleet, runId)).toBe(before);
    const { world } = fleet.platform;
    expect((await world.journal.read(runId, 1)).map(({ seq, turnId }) => ({ seq, turnId }))).toEqual(
      journal.slice(1).map(({ seq, turnId }) => ({ seq, turnId })),
    );
    expect(await world.journal.readSnapshot(runId)).toBeUndefined();
    const record = await world.runs.get(runId);
    expect(record?.status).toBe('completed');
    const correlated = await world.runs.correlated('default', record?.correlationId ?? '', 10);
    expect(correlated.map((run) => run.runId)).toEqual([runId]);
  });

  test('keeps what the fold needs when the blobs around it have expired', async () => {
    const fleet = await fleetOf();
    const { runId } = await fleet.run('two', BULK);
    const before = await digestOf(fleet, runId);
    await fleet.advance(31 * DAY);
    await archive(fleet);
    const { objects } = fleet.platform.world;
    for (const key of [...objects.keys()]) if (!key.startsWith(`${ARCHIVE_PREFIX}/`)) objects.delete(key);
    expect(await digestOf(fleet, runId)).toBe(before);
  });

  test('leaves a run that can be forked, and resumed where it failed', async () => {
    let broken = true;
    const fleet = await fleetOf({ broken: () => broken });
    const { runId, status, journal } = await fleet.run('two', BULK);
    expect(status).toBe('failed');
    await fleet.advance(31 * DAY);
    await archive(fleet);
    // As after a deploy: no container remembers the run.
    fleet.platform.processes.get('coordinator')?.kill();
    broken = false;
    const asked = { workflow_id: runId, requested_by: 'ann', reason: '' };
    const forking = { ...asked, request_id: 'f', effects: 'recorded' } as const;
    await fleet.platform.publish({ name: 'workflow_fork_requested', detail: forking }, 'test');
    expect(await fleet.ended(runIdOf('default', 'f'))).toMatchObject({ status: 'completed', result: { last: 'last' } });
    await fleet.platform.publish({ name: 'workflow_resume_requested', detail: asked }, 'test');
    await fleet.advance(60_000);
    const resumed = await fleet.look(runId);
    expect(resumed).toMatchObject({ status: 'completed', tasks: { first: { attempt: 1 }, last: { attempt: 2 } } });
    expect(resumed.journal.length).toBeGreaterThan(journal.length);
    await fleet.advance(31 * DAY);
    await archive(fleet);
    expect((await fleet.look(runId)).journal.map(({ seq }) => seq)).toEqual(resumed.journal.map(({ seq }) => seq));
    expect(archives(fleet)).toHaveLength(3);
  });

  test.each([
    ['runs', 'get'],
    ['journal', 'read'],
    ['blobs', 'put'],
    ['journal', 'archive'],
    ['runs', 'setArchived'],
  ])(
    'may die before or after %s.%s, and the journal stays whole until the next call moves it',
    async (port, method) => {
      for (const moment of ['before', 'after'] as const) {
        let armed = true;
        const fleet = await fleetOf({
          fault: (call) => {
            if (!armed || call.process !== 'archiver' || call.port !== port || call.method !== method) return undefined;
            armed = false;
            return { kill: moment };
          },
        });
        const { runId } = await fleet.run('two', BULK);
        const before = await digestOf(fleet, runId);
        await fleet.advance(31 * DAY);
        await archive(fleet);
        expect(armed).toBe(false);
        expect(await digestOf(fleet, runId)).toBe(before);
        await archive(fleet);
        expect(await digestOf(fleet, runId)).toBe(before);
        expect((await fleet.platform.world.runs.get(runId))?.archived).toBeDefined();
        expect(archives(fleet)).toHaveLength(1);
      }
    },
  );
});
