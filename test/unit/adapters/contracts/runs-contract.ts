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
  });
}
