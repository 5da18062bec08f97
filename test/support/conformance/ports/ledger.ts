import * as fc from 'fast-check';
import { dynamoStepLedger } from '../../../../lambdas/adapters/aws/dynamo-step-ledger.ts';
import { virtualWorld } from '../../../../lambdas/adapters/memory/memory-world.ts';
import type { StepLedger } from '../../../../lambdas/runtime/ports.ts';
import { pairOf } from '../answers.ts';
import type { LocalServices } from '../local-services.ts';
import { type Conformance, calls } from '../operations.ts';
import { json, moment } from '../words.ts';

const task = fc.constantFrom('worker#run_1/a/1', 'worker#run_1/a/2', 'worker-2#run_1/a/1');
const outcome = fc.oneof(
  json.map((value) => ({ value })),
  json.map((where) => ({ error: { code: 'gone', class: 'data' as const, message: 'it is gone', details: { where } } })),
);
const record = fc.record({
  position: fc.integer({ min: 1, max: 12 }),
  place: fc.constantFrom('1', '2', '10', '2_1f2e3d4c_1', ''),
  kind: fc.constantFrom('step', 'tool', 'void'),
  name: fc.constantFrom('fetch', 'load', ''),
  outcome,
  at: moment,
  attempt: fc.integer({ min: 1, max: 4 }),
});

/** Steps of some tasks, recorded and read in all orders. */
export function ledgerConformance(services: LocalServices): Conformance<StepLedger> {
  return {
    name: 'the ledger of steps',
    operation: fc.oneof(
      { weight: 4, arbitrary: calls('append', fc.tuple(task, record, moment)) },
      { weight: 1, arbitrary: calls('read', fc.tuple(task)) },
    ),
    longest: 30,
    open: async () => {
      const { table, drop } = await services.ledgerTable();
      return pairOf(virtualWorld().ledger, dynamoStepLedger(services.dynamo, table), drop);
    },
  };
}
