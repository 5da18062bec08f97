import * as fc from 'fast-check';
import { dynamoParkingLot } from '../../../../lambdas/adapters/aws/dynamo-parking-lot.ts';
import { virtualWorld } from '../../../../lambdas/adapters/memory/memory-world.ts';
import type { ParkedMessage, ParkingLot } from '../../../../lambdas/runtime/ports.ts';
import { pairOf } from '../answers.ts';
import type { LocalServices } from '../local-services.ts';
import { type Conformance, calls } from '../operations.ts';
import { runId, someText, T0, taskId, tenant } from '../words.ts';

const DAY = 86_400_000;
/** Some days apart, at their ends and within. */
const at = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom(0, 1, DAY / 2, DAY - 1))
  .map(([day, ms]) => T0 + day * DAY + ms);

const message: fc.Arbitrary<ParkedMessage> = fc.record(
  {
    parkedId: fc.integer({ min: 0, max: 11 }).map((n) => `parked-${n}`),
    queue: fc.constantFrom('loader-express', 'loader-standard'),
    at,
    tenant: fc.oneof({ weight: 5, arbitrary: tenant }, { weight: 1, arbitrary: fc.constant('') }),
    messageId: fc.constantFrom('message-1', 'message-2'),
    messageType: fc.constantFrom('assign_tasks', ''),
    runId,
    flowId: fc.constant(`flow_${'a'.repeat(40)}`),
    taskId,
    reason: someText,
    // The large one lies in the blob bucket.
    body: fc.oneof({ weight: 15, arbitrary: someText }, { weight: 1, arbitrary: fc.constant('body '.repeat(60_000)) }),
  },
  {
    requiredKeys: ['parkedId', 'queue', 'at', 'tenant', 'messageId', 'messageType', 'reason', 'body'],
    noNullPrototype: true,
  },
);

/** Messages parked once and again, on several days, and removed; the newest listed. */
export function parkingLotConformance(services: LocalServices): Conformance<ParkingLot> {
  return {
    name: 'parking lot',
    operation: fc.oneof(
      { weight: 3, arbitrary: calls('park', fc.tuple(message)) },
      { weight: 1, arbitrary: calls('remove', fc.tuple(message)) },
      { weight: 2, arbitrary: calls('list', fc.tuple(fc.integer({ min: 1, max: 8 }))) },
    ),
    longest: 24,
    open: async () => {
      const { table, drop } = await services.stateTable();
      return pairOf(virtualWorld().parkingLot, dynamoParkingLot(services.dynamo, table, services.blobs), drop);
    },
  };
}
