import * as fc from 'fast-check';
import { dynamoRuns } from '../../../../lambdas/adapters/aws/dynamo-runs.ts';
import { virtualWorld } from '../../../../lambdas/adapters/memory/memory-world.ts';
import type { RunRecord, RunStatus, Runs } from '../../../../lambdas/runtime/ports.ts';
import { pairOf } from '../answers.ts';
import type { LocalServices } from '../local-services.ts';
import { type Conformance, calls } from '../operations.ts';
import { errorReport, moment, runId, T0, tenant, workflowName } from '../words.ts';

const status = fc.constantFrom<RunStatus>('requested', 'running', 'completed', 'failed', 'cancelled');
const limit = fc.integer({ min: 1, max: 4 });
const correlation = fc.constantFrom('correlation-1', 'correlation-2');
const digit = fc.constantFrom('0', 'f');

const record: fc.Arbitrary<RunRecord> = fc.record(
  {
    runId,
    tenant,
    requestId: fc.constantFrom('request-1', 'request 2'),
    correlationId: correlation,
    workflow: workflowName,
    version: fc.integer({ min: 1, max: 3 }),
    requestDigest: digit.map((one) => one.repeat(64)),
    status: fc.constant<RunStatus>('requested'),
    requestedAt: moment,
    start: digit.map((one) => ({ key: `acme/${one.repeat(64)}`, bytes: 12, sha256: one.repeat(64) })),
  },
  {
    requiredKeys: [
      ...(['runId', 'tenant', 'requestId', 'correlationId', 'workflow', 'version'] as const),
      ...(['requestDigest', 'status', 'requestedAt'] as const),
    ],
    noNullPrototype: true,
  },
);
const archive = digit.map((one) => ({ key: `_archive/${one.repeat(64)}`, bytes: 7, sha256: one.repeat(64) }));
/** Each run has moments of its own: of runs due at the same time nobody promises which comes first. */
const seq = fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined });
const wake = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 12 }), fc.boolean(), seq);
const wakeOf = wake.map(([run, step, over, by]): [string, number | undefined, number | undefined] => [
  `run_${String(run).repeat(40)}`,
  over && step > 8 ? undefined : T0 + step * 10_000 + run,
  by,
]);

/** Open runs come in an order and in pages of each world's own: compared is which there are. */
function whole(runs: Runs): Runs {
  const open = async () => {
    const runIds: string[] = [];
    let page = await runs.open();
    for (; page.next !== undefined; page = await runs.open(page.next)) runIds.push(...page.runIds);
    return { runIds: [...runIds, ...page.runIds].sort() };
  };
  return { ...runs, open };
}

/** Runs created once and again, moved to and (never) from their ends, listed; wakes set, moved and taken away. */
export function runsConformance(services: LocalServices): Conformance<Runs> {
  return {
    name: 'runs',
    operation: fc.oneof(
      { weight: 3, arbitrary: calls('create', fc.tuple(record)) },
      { weight: 3, arbitrary: calls('setStatus', fc.tuple(runId, status, moment)) },
      { weight: 1, arbitrary: calls('setStatus', fc.tuple(runId, status, moment, errorReport)) },
      { weight: 2, arbitrary: calls('get', fc.tuple(runId)) },
      { weight: 2, arbitrary: calls('reopen', fc.tuple(runId, moment)) },
      { weight: 1, arbitrary: calls('setArchived', fc.tuple(runId, moment, archive)) },
      { weight: 2, arbitrary: calls('list', fc.tuple(tenant, limit)) },
      { weight: 2, arbitrary: calls('correlated', fc.tuple(tenant, correlation, limit)) },
      { weight: 1, arbitrary: calls('open', fc.constant<[]>([])) },
      { weight: 3, arbitrary: calls('setWake', wakeOf) },
      { weight: 2, arbitrary: calls('overdue', fc.tuple(moment, limit)) },
    ),
    open: async () => {
      const { table, drop } = await services.stateTable();
      return pairOf(whole(virtualWorld().runs), whole(dynamoRuns(services.dynamo, table)), drop);
    },
  };
}
