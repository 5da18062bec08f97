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
const digit = fc.constantFrom('0', 'f');

const record: fc.Arbitrary<RunRecord> = fc.record(
  {
    runId,
    tenant,
    requestId: fc.constantFrom('request-1', 'request 2'),
    correlationId: fc.constantFrom('correlation-1', 'correlation-2'),
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
/** Each run has moments of its own: of runs due at the same time nobody promises which comes first. */
const wake = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 12 }), fc.boolean());
const wakeOf = wake.map(([run, step, over]): [string, number | undefined] => [
  `run_${String(run).repeat(40)}`,
  over && step > 8 ? undefined : T0 + step * 10_000 + run,
]);

/** Runs created once and again, moved to and (never) from their ends, listed; wakes set, moved and taken away. */
export function runsConformance(services: LocalServices): Conformance<Runs> {
  return {
    name: 'runs',
    operation: fc.oneof(
      { weight: 3, arbitrary: calls('create', fc.tuple(record)) },
      { weight: 3, arbitrary: calls('setStatus', fc.tuple(runId, status, moment)) },
      { weight: 1, arbitrary: calls('setStatus', fc.tuple(runId, status, moment, errorReport)) },
      { weight: 2, arbitrary: calls('get', fc.tuple(runId)) },
      { weight: 2, arbitrary: calls('list', fc.tuple(tenant, limit)) },
      { weight: 3, arbitrary: calls('setWake', wakeOf) },
      { weight: 2, arbitrary: calls('overdue', fc.tuple(moment, limit)) },
    ),
    open: async () => {
      const { table, drop } = await services.stateTable();
      return pairOf(virtualWorld().runs, dynamoRuns(services.dynamo, table), drop);
    },
  };
}
