import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AGEING_SECONDS } from '../../../lambdas/contracts/flow-control.ts';
import { outlookOf } from '../../../lambdas/flow/expectations.ts';
import { HEAD_START } from '../../../lambdas/flow/fair-choice.ts';
import { flowPlayer } from '../../support/flow-player.ts';

const jain = (shares: readonly number[]): number =>
  shares.reduce((sum, x) => sum + x, 0) ** 2 / (shares.length * shares.reduce((sum, x) => sum + x * x, 0));

describe('tenants that share a limit', () => {
  test('get equal shares when 20 of them want the same, whoever came first and however many runs they ask with', () => {
    const runsEach = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(runsEach, fc.integer({ min: 1, max: 30 }), (runs, limit) => {
        const flow = flowPlayer({ kind: 'concurrency', limit });
        const all = runs.flatMap((count, tenant) =>
          Array.from({ length: count }, (_, i) => ({ name: `${tenant}-${i}`, tenant: `t${tenant}`, returned: 0 })),
        );
        for (const { name, tenant } of all) flow.turn(flow.ask(name, { asked: 1_000, tenant }));
        for (let round = 0; round < 300 / limit; round += 1) {
          flow.pass(100);
          for (const run of all) {
            const granted = flow.granted(run.name);
            if (granted === run.returned) continue;
            run.returned = granted;
            flow.turn(flow.ask(run.name, { asked: 1_000, returned: granted, tenant: run.tenant }));
          }
        }
        const shares = runs.map((_, i) =>
          all.filter(({ tenant }) => tenant === `t${i}`).reduce((sum, run) => sum + flow.granted(run.name), 0),
        );
        expect(jain(shares)).toBeGreaterThanOrEqual(0.95);
      }),
      { numRuns: 3 },
    );
  });

  /** Plays a limit whose first permit comes back each turn, until the newcomer has so many; answers how many turns. */
  function turnsUntil(flow: ReturnType<typeof flowPlayer>, newcomer: string, permits: number): number {
    const noisy = () => flow.ask('noisy', { asked: 10_000, returned: flow.granted('noisy'), tenant: 'noisy' });
    const quiet = () => flow.ask(newcomer, { asked: permits, returned: flow.granted(newcomer), tenant: newcomer });
    flow.turn(flow.ask(newcomer, { asked: permits, tenant: newcomer }));
    let turns = 0;
    while (flow.granted(newcomer) < permits && turns < 1_000) {
      turns += 1;
      flow.turn(noisy(), quiet());
    }
    return turns;
  }
  function besideNoisy(): ReturnType<typeof flowPlayer> {
    const flow = flowPlayer({ kind: 'concurrency', limit: 1 });
    for (let returned = 0; returned <= 100; returned += 1)
      flow.turn(flow.ask('noisy', { asked: 10_000, returned, tenant: 'noisy' }));
    return flow;
  }

  test('do not slow one that comes with little: it gets the next permits, beside a noisy one with 10,000 tasks', () => {
    const flow = besideNoisy();
    const before = flow.granted('noisy');
    expect(turnsUntil(flow, 'quiet', HEAD_START)).toBe(HEAD_START);
    expect(flow.granted('noisy')).toBe(before);
  });

  test('take turns with one that wants more than its head start', () => {
    const flow = besideNoisy();
    const before = flow.granted('noisy');
    turnsUntil(flow, 'greedy', HEAD_START + 50);
    expect(flow.granted('noisy') - before).toBeGreaterThanOrEqual(48);
    expect(flow.granted('noisy') - before).toBeLessThanOrEqual(51);
  });

  test('get a head start again only as the others go on: pausing gains nothing', () => {
    const flow = besideNoisy();
    const before = flow.granted('noisy');
    // Always away when it has got what it wants, and back at once: as if it had wanted all of it from the beginning.
    for (let wanted = 4; wanted <= HEAD_START + 50; wanted += 4) {
      for (let turns = 0; flow.granted('sly') < wanted && turns < 100; turns += 1) {
        flow.turn(
          flow.ask('noisy', { asked: 10_000, returned: flow.granted('noisy'), tenant: 'noisy' }),
          flow.ask('sly', { asked: wanted, returned: flow.granted('sly'), tenant: 'sly' }),
        );
      }
    }
    expect(flow.granted('sly')).toBeGreaterThanOrEqual(64);
    expect(flow.granted('noisy') - before).toBeGreaterThanOrEqual(flow.granted('sly') - HEAD_START - 2);
  });
});

describe('within a tenant', () => {
  test('the highest priority goes first', () => {
    const flow = flowPlayer({ kind: 'concurrency', limit: 1 });
    flow.turn(flow.ask('holder'));
    flow.turn(
      flow.ask('low', { priority: 1 }),
      flow.ask('critical', { priority: 4 }),
      flow.ask('high', { priority: 3 }),
    );
    flow.turn(flow.ask('holder', { returned: 1 }));
    expect([flow.granted('low'), flow.granted('high'), flow.granted('critical')]).toEqual([0, 0, 1]);
  });

  test('low never starves, however much that is urgent keeps coming', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 20_000 }), fc.integer({ min: 1, max: 4 }), (ms, limit) => {
        const flow = flowPlayer({ kind: 'concurrency', limit });
        const urgent = (round: number) => Array.from({ length: limit }, (_, i) => `urgent-${round}-${i}`);
        flow.turn(...[0, 1].flatMap(urgent).map((name) => flow.ask(name, { priority: 4 })));
        const since = flow.now();
        flow.turn(flow.ask('low', { priority: 1 }));
        // As many come as go, so that there is always somebody urgent in line.
        for (let round = 2; flow.granted('low') === 0 && flow.now() - since < 600_000; round += 1) {
          flow.pass(ms);
          flow.turn(...urgent(round).map((name) => flow.ask(name, { priority: 4 })));
          flow.turn(...urgent(round - 2).map((name) => flow.ask(name, { returned: 1, done: true })));
        }
        const waited = flow.now() - since;
        expect(waited).toBeGreaterThanOrEqual(3 * AGEING_SECONDS * 1_000);
        expect(waited).toBeLessThanOrEqual(4 * AGEING_SECONDS * 1_000 + 3 * ms);
      }),
      { numRuns: 10 },
    );
  });

  test('a run with few tasks does not wait for all of one with many', () => {
    const flow = flowPlayer({ kind: 'concurrency', limit: 1 });
    flow.turn(flow.ask('many', { asked: 1_000 }));
    flow.pass(30_000);
    flow.turn(flow.ask('few', { asked: 2 }));
    let turns = 0;
    let many = 0;
    let few = 0;
    while (flow.granted('few') < 2 && turns < 100) {
      turns += 1;
      flow.pass(1_000);
      many = flow.granted('many');
      few = flow.granted('few');
      flow.turn(flow.ask('many', { asked: 1_000, returned: many }), flow.ask('few', { asked: 2, returned: few }));
    }
    expect(turns).toBeLessThanOrEqual(4);
  });
});

describe('who waits is told when', () => {
  test('a permit comes free, going by how long they were held before', () => {
    const flow = flowPlayer({ kind: 'concurrency', limit: 2 });
    flow.turn(flow.ask('a', { asked: 2 }));
    flow.turn(flow.ask('b'), flow.ask('c'), flow.ask('d'));
    expect(outlookOf(flow.state(), flow.now()).waiting.map(({ expectedAt }) => expectedAt)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    flow.pass(10_000);
    flow.turn(flow.ask('a', { asked: 2, returned: 1 }));
    const { holding, waiting, rule } = outlookOf(flow.state(), flow.now());
    expect(rule).toBe('2 at once');
    expect(holding.map(({ permits }) => permits)).toEqual([1, 1]);
    expect(waiting.map(({ expectedAt = 0 }) => expectedAt - flow.now())).toEqual([5_000, 10_000]);
  });

  test('the rate lets them through', () => {
    const flow = flowPlayer({ kind: 'rate', limit: 1, periodSeconds: 10 });
    flow.turn(flow.ask('a', { asked: 2 }));
    flow.turn(flow.ask('b'));
    const { waiting } = outlookOf(flow.state(), flow.now());
    const due = flow.state().timer ?? 0;
    expect(waiting.map(({ expectedAt = 0 }) => Math.round((expectedAt - due) / 1_000)).sort()).toEqual([0, 10]);
  });
});
