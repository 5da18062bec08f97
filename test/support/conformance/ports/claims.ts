import * as fc from 'fast-check';
import { dynamoClaims } from '../../../../lambdas/adapters/aws/dynamo-claims.ts';
import { virtualWorld } from '../../../../lambdas/adapters/memory/memory-world.ts';
import type { Claims } from '../../../../lambdas/runtime/ports.ts';
import { pairOf } from '../answers.ts';
import type { LocalServices } from '../local-services.ts';
import { type Conformance, calls } from '../operations.ts';
import { json, moment } from '../words.ts';

const key = fc.constantFrom('run_1/pay', 'run_1/pay.undo');
const attempt = fc.integer({ min: 1, max: 4 });
const holder = fc.constantFrom('message-1', 'message-2');

/** Claims taken, settled and asked for by attempts and holders in all orders. */
export function claimsConformance(services: LocalServices): Conformance<Claims> {
  return {
    name: 'claims',
    operation: fc.oneof(
      { weight: 4, arbitrary: calls('claim', fc.tuple(key, attempt, holder, moment)) },
      { weight: 2, arbitrary: calls('settle', fc.tuple(key, attempt, json)) },
      { weight: 1, arbitrary: calls('outcome', fc.tuple(key)) },
      { weight: 1, arbitrary: calls('heldUntil', fc.tuple(key)) },
    ),
    longest: 24,
    open: async () => {
      const { table, drop } = await services.claimsTable();
      return pairOf(virtualWorld().claims, dynamoClaims(services.dynamo, table), drop);
    },
  };
}
