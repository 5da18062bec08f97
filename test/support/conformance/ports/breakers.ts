import * as fc from 'fast-check';
import { dynamoBreakers } from '../../../../lambdas/adapters/aws/dynamo-breakers.ts';
import { virtualWorld } from '../../../../lambdas/adapters/memory/memory-world.ts';
import { systemClock } from '../../../../lambdas/adapters/system.ts';
import type { BreakerPolicy } from '../../../../lambdas/contracts/breaker.ts';
import type { Breakers } from '../../../../lambdas/runtime/ports.ts';
import { pairOf } from '../answers.ts';
import type { LocalServices } from '../local-services.ts';
import { type Conformance, calls } from '../operations.ts';
import { agentName, moment } from '../words.ts';

const failure = fc.integer({ min: 1, max: 9 }).map((n) => `run/task/${n}`);
const holder = fc.constantFrom('run_1/pay/1', 'run_2/pay/1');
const policy = fc.constantFrom<BreakerPolicy>({ failures: 2, seconds: 20 }, { failures: 3, seconds: 60 });

/** Failures new and repeated, in and out of the window, in any order of time; probes taken and failed; closed again. */
export function breakersConformance(services: LocalServices): Conformance<Breakers> {
  return {
    name: 'breakers',
    operation: fc.oneof(
      {
        weight: 6,
        arbitrary: calls('recordFailure', fc.tuple(agentName, failure, moment, policy, fc.boolean())),
      },
      { weight: 3, arbitrary: calls('takeProbe', fc.tuple(agentName, holder, moment, moment)) },
      { weight: 1, arbitrary: calls('close', fc.tuple(agentName)) },
      { weight: 2, arbitrary: calls('read', fc.constant<[]>([])) },
    ),
    longest: 30,
    open: async () => {
      const { table, drop } = await services.registryTable();
      // One after the other asks a coordinator of its own, which has nothing in its cache.
      const fresh = (): Breakers => dynamoBreakers(services.dynamo, table, systemClock);
      const cloud: Breakers = {
        read: () => fresh().read(),
        recordFailure: (...given) => fresh().recordFailure(...given),
        close: (agent) => fresh().close(agent),
        takeProbe: (...given) => fresh().takeProbe(...given),
      };
      return pairOf(virtualWorld().breakers, cloud, drop);
    },
  };
}
