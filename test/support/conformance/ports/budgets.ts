import * as fc from 'fast-check';
import { dynamoAccounts } from '../../../../lambdas/adapters/aws/dynamo-accounts.ts';
import { dynamoHolds } from '../../../../lambdas/adapters/aws/dynamo-holds.ts';
import { dynamoRates } from '../../../../lambdas/adapters/aws/dynamo-rates.ts';
import { dynamoStops } from '../../../../lambdas/adapters/aws/dynamo-stops.ts';
import { virtualWorld } from '../../../../lambdas/adapters/memory/memory-world.ts';
import { systemClock } from '../../../../lambdas/adapters/system.ts';
import type { Hold, Stop } from '../../../../lambdas/contracts/control.ts';
import type { Json } from '../../../../lambdas/contracts/json.ts';
import type { AccountKey, Accounts, Raise } from '../../../../lambdas/runtime/budgets/accounts.ts';
import type { Amounts } from '../../../../lambdas/runtime/budgets/amounts.ts';
import { costsOf, type Rates } from '../../../../lambdas/runtime/budgets/rate.ts';
import type { Holds, Stops } from '../../../../lambdas/runtime/ports.ts';
import { pairOf } from '../answers.ts';
import type { LocalServices } from '../local-services.ts';
import { type Conformance, calls } from '../operations.ts';
import { moment, runId, tenant } from '../words.ts';

const plain = { noNullPrototype: true } as const;
const parts = ['', 'task', 'task@worker'];
const key: fc.Arbitrary<AccountKey> = fc.record(
  { tenant, runId: fc.constant('run_1'), part: fc.constantFrom(...parts) },
  plain,
);
/** The same for an account whoever asks: what its definition says. */
const LIMITS = { micros: 1_000, calls: 4 };
const wanted: fc.Arbitrary<Amounts> = fc.record(
  {
    micros: fc.constantFrom(0, 1, 300, 1_000, 1_001),
    tokens: fc.constantFrom(0, 70),
    calls: fc.constantFrom(0, 1, 5),
  },
  plain,
);
const raise: fc.Arbitrary<Raise> = fc.record(
  {
    id: fc.constantFrom('answer-1', 'answer-2'),
    by: fc.record({ micros: fc.constantFrom(1, 500, -400), calls: fc.constant(2) }, { requiredKeys: [], ...plain }),
    seconds: fc.constantFrom(0, 60),
    at: moment,
    reopens: fc.constant(true as const),
  },
  { requiredKeys: ['id', 'by', 'seconds', 'at'], ...plain },
);
const asker = fc.constantFrom('run_1/a', 'run_1/b');
const limits = fc.constant(LIMITS);

/** Accounts taken from, settled, raised, asked for and closed in all orders. */
export function accountsConformance(services: LocalServices): Conformance<Accounts> {
  return {
    name: 'accounts',
    operation: fc.oneof(
      { weight: 6, arbitrary: calls('take', fc.tuple(key, limits, wanted, moment)) },
      { weight: 4, arbitrary: calls('settle', fc.tuple(key, limits, wanted, wanted)) },
      { weight: 2, arbitrary: calls('raise', fc.tuple(key, limits, raise)) },
      {
        weight: 2,
        arbitrary: calls(
          'mayAsk',
          fc.tuple(key, asker, moment, fc.constant(15_000), fc.constantFrom<Json>({ left: 1 }, null)),
        ),
      },
      { weight: 1, arbitrary: calls('close', fc.tuple(key, fc.constantFrom('enough', 'nobody answered'))) },
      { weight: 1, arbitrary: calls('read', fc.tuple(key)) },
      { weight: 1, arbitrary: calls('list', fc.tuple(tenant, fc.constant('run_1'))) },
    ),
    longest: 30,
    open: async () => {
      const { table, drop } = await services.budgetsTable();
      return pairOf(virtualWorld().accounts, dynamoAccounts(services.dynamo, table), drop);
    },
  };
}

interface RatesAsked {
  take(tenant: string, tokens: number, now: number): Promise<boolean>;
}

/**
 * Calls of all sizes at few moments, each from a container that remembers nothing, or from one that does: that one may
 * name a shorter wait than it will be.
 */
export function ratesConformance(services: LocalServices): Conformance<RatesAsked> {
  const rate = { tokensPerMinute: 6_000, requestsPerMinute: 12 };
  const asked = (rates: () => Rates): RatesAsked => ({
    take: async (who, tokens, now) =>
      (await rates().take({ tenant: who, model: 'fast' }, costsOf(rate, tokens, now), now)) === 0,
  });
  return {
    name: 'rates',
    operation: calls('take', fc.tuple(tenant, fc.constantFrom(0, 10, 800, 1_500, 4_000), moment)),
    longest: 30,
    open: async () => {
      const { table, drop } = await services.budgetsTable();
      const { rates } = virtualWorld();
      const lasting = dynamoRates(services.dynamo, table);
      let turn = 0;
      const cloud = (): Rates => (turn++ % 2 === 0 ? lasting : dynamoRates(services.dynamo, table));
      return pairOf(
        asked(() => rates),
        asked(cloud),
        drop,
      );
    },
  };
}

const stop: fc.Arbitrary<Stop> = fc.record(
  { by: fc.constantFrom('ada', 'kim'), reason: fc.constantFrom('', 'too dear'), ended: fc.constant(true as const) },
  { requiredKeys: ['by', 'reason'], ...plain },
);
const hold: fc.Arbitrary<Hold> = fc.record(
  { action: fc.constantFrom('pause', 'drain'), by: fc.constant('ada'), reason: fc.constant(''), at: moment },
  plain,
);

/** Runs stopped and let go, tenants held and let go, in any order of time. */
export function stopsConformance(
  services: LocalServices,
): Conformance<Pick<Stops, 'on' | 'setRun'> & Pick<Holds, 'set'>> {
  const work = fc.record({ tenant, runId, agent: fc.constant('worker') }, plain);
  const scope = fc.oneof(tenant, fc.constant('*'));
  return {
    name: 'stops',
    operation: fc.oneof(
      { weight: 3, arbitrary: calls('setRun', fc.tuple(runId, fc.option(stop, { nil: undefined }), moment)) },
      { weight: 2, arbitrary: calls('set', fc.tuple(scope, fc.option(hold, { nil: undefined }), moment)) },
      { weight: 3, arbitrary: calls('on', fc.tuple(work)) },
    ),
    longest: 30,
    open: async () => {
      const registry = await services.registryTable();
      const budgets = await services.budgetsTable();
      const { dynamo } = services;
      const tables = { registry: registry.table, budgets: budgets.table };
      // Each reads with a cache of its own, which holds nothing yet.
      const fresh = (): Stops => dynamoStops(dynamo, tables, systemClock);
      const memory = virtualWorld();
      return pairOf(
        { ...memory.stops, set: memory.holds.set },
        {
          on: (work) => fresh().on(work),
          setRun: (...given) => fresh().setRun(...given),
          set: (...given) => dynamoHolds(dynamo, registry.table, systemClock).set(...given),
        },
        async () => {
          await registry.drop();
          await budgets.drop();
        },
      );
    },
  };
}
