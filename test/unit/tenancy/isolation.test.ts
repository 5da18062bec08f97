import { describe, expect, test } from '@jest/globals';
import type { SharedWorld } from '../../support/tenancy/shared-world.ts';
import { actsOf, leaksOf } from '../../support/tenancy/two-tenants.ts';

const SEED = Number(process.env.FC_SEED ?? 20_261_121);
/** Acts in one world; the figure of a million: `npm run bench -- tenants --operations 1000000`. */
const BLOCK = 2_500;
const BLOCKS = 8;

describe('two tenants in one world', () => {
  test(`see what each would see alone, in ${BLOCK * BLOCKS} random operations that name each other’s things`, async () => {
    for (let block = 0; block < BLOCKS; block++) expect(await leaksOf(SEED + block, BLOCK)).toEqual([]);
  }, 120_000);

  test('do every operation, and name each other’s things as often as their own', () => {
    const acts = actsOf(SEED, 5_000);
    const done = new Set(acts.map(({ operation }) => operation));
    expect(done.size).toBeGreaterThan(30);
    const foreign = acts.filter(({ tenant, args }) => (args[0] === 0) !== (tenant === 'acme')).length;
    expect(foreign).toBeGreaterThan(2_000);
  });
});

/** A world with one of its walls taken away. */
type Hole = (shared: SharedWorld) => SharedWorld;
const without =
  (change: (world: SharedWorld['world']) => Partial<SharedWorld['world']>): Hole =>
  (shared) => ({
    ...shared,
    world: { ...shared.world, ...change(shared.world) },
  });

const holes: ReadonlyArray<readonly [name: string, hole: Hole]> = [
  [
    'runs are listed for everybody',
    without(({ runs }) => ({ runs: { ...runs, list: (_tenant, limit) => runs.list('other', limit) } })),
  ],
  [
    'a door forgets whose a run is',
    without(({ runs }) => ({
      runs: {
        ...runs,
        get: async (id) => {
          const run = await runs.get(id);
          return run && { ...run, tenant: 'acme' };
        },
      },
    })),
  ],
  [
    'results are kept by workflow alone',
    without(({ resultCache }) => ({
      resultCache: {
        put: (_t, ...rest) => resultCache.put('all', ...rest),
        get: (_t, ...rest) => resultCache.get('all', ...rest),
      },
    })),
  ],
  [
    'accounts are kept by day alone',
    without(({ accounts }) => ({
      accounts: { ...accounts, take: (key, ...rest) => accounts.take({ ...key, tenant: 'all' }, ...rest) },
    })),
  ],
  [
    'rates are kept by model alone',
    without(({ rates }) => ({
      rates: { take: (key, ...rest) => rates.take({ ...key, tenant: 'all' }, ...rest) },
    })),
  ],
  [
    'parked messages are listed for everybody',
    without(({ parkingLot }) => ({
      parkingLot: { ...parkingLot, list: (limit) => parkingLot.list(limit) },
    })),
  ],
  [
    'flows are listed for everybody',
    without(({ flowDirectory }) => ({
      flowDirectory: { ...flowDirectory, list: (_tenant, limit) => flowDirectory.list('acme', limit) },
    })),
  ],
  [
    'open runs are counted together',
    without(({ openRuns }) => ({
      openRuns: {
        ...openRuns,
        list: async () => [...(await openRuns.list('acme')), ...(await openRuns.list('other'))],
      },
    })),
  ],
  [
    'memories are kept by pool alone',
    (shared) => ({
      ...shared,
      memories: {
        ...shared.memories,
        since: ({ pool }, version) => shared.memories.since({ tenant: 'other', pool }, version),
      },
    }),
  ],
  [
    'an answer of a model is kept for everybody',
    (shared) => {
      const kept = new Map<string, string>();
      const cache = { get: () => kept.get('any'), set: (_key: string, value: string) => kept.set('any', value) };
      return { ...shared, cache: cache as unknown as SharedWorld['cache'] };
    },
  ],
];

describe('a leak is found when', () => {
  test.each(holes)('%s', async (_, hole) => {
    expect(await leaksOf(SEED, 1_500, hole)).not.toEqual([]);
  });
});
