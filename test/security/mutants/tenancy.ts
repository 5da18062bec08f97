import type { AttackMutant } from '../attack-mutant.ts';

const ISOLATION = 'test/unit/tenancy/isolation.test.ts';
const QUOTA = { file: 'lambdas/tenancy/run-quota.ts', test: 'test/unit/tenancy/run-quota.test.ts' };
const TELL = { file: 'lambdas/platform/intake/tell-run.ts', test: 'test/unit/platform/intake/tell-run.test.ts' };
const STATE = 'lambdas/adapters/tenant-data/state-store.ts';
const ERASE = 'test/unit/tenancy/erase.test.ts';

/** What keeps tenants apart, and within their shares. */
export const TENANCY_MUTANTS: readonly AttackMutant[] = [
  {
    attack: 3,
    id: 'events-for-anybody',
    file: TELL.file,
    find: "if (tenant === undefined || (run ? run.tenant === tenant : field === 'request_id')) return run;",
    replace: "if (tenant === undefined || run === undefined || field === 'workflow_id') return run;",
    defence: 'an event for another tenant’s run, or one to come, is refused like one for a run that there is not',
    test: { file: TELL.test, name: 'by an id that may become another tenant' },
  },
  {
    attack: 3,
    id: 'dead-letters-of-all',
    file: 'lambdas/adapters/memory/memory-parking-lot.ts',
    find: 'tenant === undefined || message.tenant === tenant',
    replace: "tenant === undefined || message.tenant !== ''",
    defence: 'dead letters are listed by tenant',
    test: { file: ISOLATION, name: 'see what each would see alone' },
  },
  {
    attack: 18,
    id: 'counted-before-written',
    file: QUOTA.file,
    find: '      await openRuns.enter(tenant, runId, clock.now());\n      const open = await openRuns.list(tenant);\n',
    replace:
      '      const open = await openRuns.list(tenant);\n      await openRuns.enter(tenant, runId, clock.now());\n',
    defence: 'who begins a run writes its row before it counts, so many at once see each other',
    test: { file: QUOTA.test, name: 'are never more than allowed, however many begin at the same moment' },
  },
  {
    attack: 19,
    id: 'tokens-of-a-day',
    file: 'lambdas/tenancy/daily-budget.ts',
    find: 'if (tokensPerDay === undefined) return [];',
    replace: 'if (tokensPerDay !== 0) return [];',
    defence: 'all runs of a tenant on a day share what its plan gives it of models',
    test: { file: 'test/unit/tenancy/in-process.test.ts', name: 'fails calls of models once all its runs of the day' },
  },
  {
    attack: 4,
    id: 'suspended-in-name',
    file: 'lambdas/tenancy/standing.ts',
    find: "if (status === 'active' || (status === 'suspended' && wish === 'read')) return undefined;",
    replace: "if (status === 'active' || (status === 'suspended' && wish !== 'begin')) return undefined;",
    defence: 'a suspended tenant changes nothing, whoever says so',
    test: { file: QUOTA.test, name: 'that is suspended' },
  },
  {
    attack: 3,
    id: 'erased-by-halves',
    file: STATE,
    find: "const SAYS_WHOSE = new Set(['A#run', 'A#snapshot', 'E#000000000001']);",
    replace: "const SAYS_WHOSE = new Set(['H#load']);",
    defence: 'erasing removes last what says whose the rest is, so that a crash leaves nothing behind',
    test: { file: ERASE, name: 'survives a crash at every single step' },
  },
  {
    attack: 3,
    id: 'late-rows',
    file: STATE,
    find: '          await table.put(encodeGone(runId, tenant, expiryAfter(clock.now(), KEEP_GONE_DAYS)));\n',
    replace: '',
    defence: 'what is written of an erased run too late is found',
    test: { file: ERASE, name: 'finds what somebody writes of it meanwhile' },
  },
  {
    attack: 3,
    id: 'messages-of-others',
    file: 'lambdas/adapters/memory/memory-runs.ts',
    find: 'newest((record) => record.tenant === tenant && record.correlationId === correlationId, limit),',
    replace: 'newest((record) => record.correlationId === correlationId, limit),',
    defence: 'a search by correlation id finds what is of one’s own tenant',
    test: { file: ISOLATION, name: 'see what each would see alone' },
  },
];
