import * as fc from 'fast-check';
import { dynamoFlowDirectory } from '../../../../lambdas/adapters/aws/dynamo-flow-directory.ts';
import { virtualWorld } from '../../../../lambdas/adapters/memory/memory-world.ts';
import type { FlowRule } from '../../../../lambdas/contracts/flow-control.ts';
import { gateOf } from '../../../../lambdas/flow/flow-identity.ts';
import type { FlowDirectory } from '../../../../lambdas/runtime/ports.ts';
import { pairOf } from '../answers.ts';
import type { LocalServices } from '../local-services.ts';
import { type Conformance, calls } from '../operations.ts';
import { moment, tenant } from '../words.ts';

const rule = fc.constantFrom<FlowRule>(
  { kind: 'concurrency', limit: 2 },
  { kind: 'concurrency', limit: 3 },
  { kind: 'rate', limit: 10, periodSeconds: 60, burst: 2 },
  { kind: 'batch', size: 5, seconds: 1.5 },
);
const gate = fc
  .record({
    tenant,
    scope: fc.constantFrom('tenant' as const, 'platform' as const),
    rule,
    name: fc.constantFrom('openai.tokens', 'trip/pay'),
    key: fc.constantFrom('', '42', '☂ "quoted"'),
  })
  .map(gateOf);

/** Flows noted, with other numbers too, and forgotten, in any order of time; listed with those that all tenants share. */
export function flowDirectoryConformance(services: LocalServices): Conformance<FlowDirectory> {
  return {
    name: 'flow directory',
    operation: fc.oneof(
      { weight: 5, arbitrary: calls('note', fc.tuple(gate, moment)) },
      { weight: 2, arbitrary: calls('forget', fc.tuple(gate, moment)) },
      { weight: 3, arbitrary: calls('list', fc.tuple(tenant, fc.integer({ min: 1, max: 20 }))) },
    ),
    longest: 30,
    open: async () => {
      const { table, drop } = await services.stateTable();
      return pairOf(virtualWorld().flowDirectory, dynamoFlowDirectory(services.dynamo, table), drop);
    },
  };
}
