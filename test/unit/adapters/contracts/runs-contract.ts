import { describe, expect, test } from '@jest/globals';
import type { RunRecord } from '../../../../lambdas/runtime/ports.ts';
import { someName, someRunId, type World } from './ports-under-test.ts';

const T0 = 1_767_225_600_000;
const record = (overrides: Partial<RunRecord> = {}): RunRecord => ({
  runId: someRunId(),
  tenant: 'acme',
  requestId: 'request-1',
  correlationId: 'correlation-1',
  workflow: 'etl.flight-mart',
  version: 3,
  requestDigest: 'a'.repeat(64),
  status: 'requested',
  requestedAt: T0,
  ...overrides,
});
const error = { code: 'source_unreachable', class: 'system' as const, message: 'try later' };

export function runsContract(world: World): void {
  describe('runs', () => {
    test('are created once; a second request gets the first record', async () => {
      const { runs } = world();
      const first = record();
      expect(await runs.create(first)).toEqual({ created: true });
      const second = { ...first, requestDigest: 'b'.repeat(64), requestedAt: T0 + 5 };
      expect(await runs.create(second)).toEqual({ created: false, existing: first });
      expect(await runs.get(first.runId)).toEqual(first);
      expect(await runs.get(someRunId())).toBeUndefined();
    });

    test('move to an end state with time and error, and never away from it', async () => {
      const { runs } = world();
      const run = record();
      await runs.create(run);
      await runs.setStatus(run.runId, 'running', T0 + 1);
      expect(await runs.get(run.runId)).toEqual({ ...run, status: 'running' });
      await runs.setStatus(run.runId, 'failed', T0 + 2, error);
      const ended = { ...run, status: 'failed', endedAt: T0 + 2, error };
      expect(await runs.get(run.runId)).toEqual(ended);
      await runs.setStatus(run.runId, 'running', T0 + 3);
      await runs.setStatus(run.runId, 'completed', T0 + 4);
      expect(await runs.get(run.runId)).toEqual(ended);
    });

    test('go on after their end as if they had none', async () => {
      const { runs } = world();
      const run = record();
      await runs.create(run);
      await runs.reopen(run.runId, T0 + 1);
      expect(await runs.get(run.runId)).toEqual(run);
      await runs.setStatus(run.runId, 'failed', T0 + 2, error);
      await runs.reopen(run.runId, T0 + 3);
      await runs.reopen(run.runId, T0 + 3);
      expect(await runs.get(run.runId)).toEqual({ ...run, status: 'running', reopenedAt: T0 + 3 });
      // Whoever stood still meanwhile says again how it had ended, and that it was taken up again.
      await runs.setStatus(run.runId, 'failed', T0 + 2, error);
      expect(await runs.get(run.runId)).toMatchObject({ status: 'running' });
      await runs.setStatus(run.runId, 'completed', T0 + 3);
      await runs.reopen(run.runId, T0 + 3);
      const completed = { ...run, status: 'completed', endedAt: T0 + 3, reopenedAt: T0 + 3 };
      expect(await runs.get(run.runId)).toEqual(completed);
      await expect(runs.reopen(someRunId(), T0)).rejects.toMatchObject({ code: 'run_unknown', class: 'data' });
    });

    test('that nobody created have no status to set', async () => {
      const { runs } = world();
      const unknown = { code: 'run_unknown', class: 'data' };
      await expect(runs.setStatus(someRunId(), 'running', T0)).rejects.toMatchObject(unknown);
    });

    test('are listed per tenant, newest first, no more than asked for', async () => {
      const { runs } = world();
      const tenant = someName('tenant');
      const mine = [1, 2, 3].map((minute) => record({ tenant, requestedAt: T0 + minute * 60_000 }));
      for (const run of mine) await runs.create(run);
      await runs.create(record({ tenant: someName('tenant') }));
      const ids = mine.map(({ runId }) => runId).reverse();
      expect((await runs.list(tenant, 10)).map(({ runId }) => runId)).toEqual(ids);
      expect((await runs.list(tenant, 2)).map(({ runId }) => runId)).toEqual(ids.slice(0, 2));
    });

    test('are found by their correlation, of their own tenant only, newest first', async () => {
      const { runs } = world();
      const correlationId = someName('correlation');
      const mine = [1, 2, 3].map((minute) => record({ correlationId, requestedAt: T0 + minute }));
      for (const run of mine) await runs.create(run);
      await runs.create(record({ correlationId, tenant: 'other' }));
      await runs.create(record({ correlationId: someName('correlation') }));
      expect(await runs.correlated('acme', correlationId, 10)).toEqual(mine.toReversed());
      expect(await runs.correlated('acme', correlationId, 1)).toEqual(mine.slice(2));
      expect(await runs.correlated('acme', 'nothing', 10)).toEqual([]);
    });

    test('that have not ended are listed page by page, and nothing else that is to be woken', async () => {
      const { runs } = world();
      const ids = Array.from({ length: 450 }, someRunId);
      const flow = `flow_${'a'.repeat(40)}`;
      await Promise.all([...ids, flow].map((id, n) => runs.setWake(id, 9_000_000_000_000 + n)));
      const pages: string[][] = [];
      let next: string | undefined;
      do {
        const page = await runs.open(next);
        pages.push([...page.runIds]);
        next = page.next;
      } while (next !== undefined);
      expect(pages.length).toBeGreaterThan(2);
      const found = pages.flat();
      expect(found.filter((id) => ids.includes(id)).sort()).toEqual(ids.toSorted());
      expect(found).not.toContain(flow);
      await Promise.all([...ids, flow].map((id) => runs.setWake(id, undefined)));
    });

    test('are overdue from their wake time until it is moved or taken away', async () => {
      const { runs } = world();
      // Long ago, so that wake rows of other tests are not due yet.
      const due = 1_000;
      const ids = Array.from({ length: 6 }, someRunId);
      for (const [i, id] of ids.entries()) await runs.setWake(id, due + i);
      expect(await runs.overdue(due - 1, 10)).toEqual([]);
      expect(await runs.overdue(due + 2, 10)).toEqual(ids.slice(0, 3));
      expect(await runs.overdue(due + 9, 4)).toEqual(ids.slice(0, 4));
      await runs.setWake(ids[0] ?? '', 9_000_000_000_000);
      await runs.setWake(ids[1] ?? '', undefined);
      expect(await runs.overdue(due + 9, 10)).toEqual(ids.slice(2));
      for (const id of ids) await runs.setWake(id, undefined);
      expect(await runs.overdue(due + 9, 10)).toEqual([]);
    });

    test('keep the wake time that a later entry of the journal has set, whoever comes late', async () => {
      const { runs } = world();
      const due = 1_000;
      const id = someRunId();
      await runs.setWake(id, due, 7);
      await runs.setWake(id, undefined, 6);
      expect(await runs.overdue(due, 10)).toEqual([id]);
      await runs.setWake(id, 9_000_000_000_000, 6);
      expect(await runs.overdue(due, 10)).toEqual([id]);
      await runs.setWake(id, due + 1, 7);
      expect(await runs.overdue(due, 10)).toEqual([]);
      await runs.setWake(id, undefined, 8);
      expect(await runs.overdue(due + 1, 10)).toEqual([]);
      await runs.setWake(id, due, 2);
      expect(await runs.overdue(due, 10)).toEqual([id]);
      await runs.setWake(id, undefined);
      expect(await runs.overdue(due, 10)).toEqual([]);
    });

    test('that have ended wait to be archived, until they are or go on again', async () => {
      const { runs } = world();
      const [first = '', second = '', third = '', open = ''] = Array.from({ length: 4 }, someRunId);
      const ref = { key: '_archive/acme/1', bytes: 1, sha256: 'a'.repeat(64) };
      for (const runId of [first, second, third, open]) await runs.create(record({ runId }));
      // Long ago, so that runs of other tests have not ended yet.
      await runs.setStatus(first, 'completed', 1_001);
      await runs.setStatus(second, 'failed', 1_002);
      await runs.setStatus(third, 'cancelled', 1_003);
      expect(await runs.endedBefore(1_003, 10)).toEqual([first, second]);
      expect(await runs.endedBefore(2_000, 1)).toEqual([first]);
      await runs.setArchived(first, 1_000, ref);
      expect((await runs.get(first))?.archived).toBeUndefined();
      await runs.setArchived(first, 1_001, ref);
      expect(await runs.get(first)).toMatchObject({ archived: ref, status: 'completed' });
      await runs.reopen(second, 1_003);
      await runs.setArchived(second, 1_002, ref);
      expect((await runs.get(second))?.archived).toBeUndefined();
      expect(await runs.endedBefore(2_000, 10)).toEqual([third]);
      await runs.setStatus(second, 'completed', 1_004);
      expect(await runs.endedBefore(2_000, 10)).toEqual([third, second]);
      expect(await runs.overdue(2_000, 10)).toEqual([]);
      // Whoever archived an end from before comes too late.
      await runs.setArchived(second, 1_002, ref);
      expect(await runs.endedBefore(2_000, 10)).toEqual([third, second]);
      await runs.setArchived(third, 1_003, ref);
      await runs.setArchived(second, 1_004, ref);
      expect(await runs.endedBefore(2_000, 10)).toEqual([]);
    });
  });
}
