import { describe, expect, test } from '@jest/globals';
import { fakeAgent, sleep } from '../../../lambdas/testing/fake-agent.ts';
import type { CallFault, PortCall } from '../../../lambdas/testing/hooks.ts';
import { createTestFleet } from '../../../lambdas/testing/test-fleet.ts';
import type { TestRun } from '../../../lambdas/testing/test-run.ts';
import { evolve } from '../../../lambdas/workflow/evolve.ts';
import { newRun, type RunState } from '../../../lambdas/workflow/state.ts';
import { task, workflow } from '../../support/factories.ts';

/** A small generator of its own (mulberry32): the same seed, the same faults. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
const LIMIT = 3;
const WAYS: readonly CallFault[] = [{ kill: 'before' }, { kill: 'after' }, { fail: 'before' }, { fail: 'after' }];

/** The most permits that these runs held at once, as their journals say. */
function mostHeld(runs: readonly TestRun[]): number {
  const changes: Array<{ at: number; change: number }> = [];
  for (const { runId, journal } of runs) {
    let state = newRun(runId);
    for (const { at, events } of journal) {
      const before = heldBy(state);
      state = evolve(state, events, at);
      changes.push({ at, change: heldBy(state) - before });
    }
  }
  let held = 0;
  let most = 0;
  // What is given back at a moment may be taken at the same one.
  for (const { change } of changes.sort((a, b) => a.at - b.at || a.change - b.change)) {
    held += change;
    most = Math.max(most, held);
  }
  return most;
}

const heldBy = ({ flows }: RunState): number => [...flows.values()].reduce((sum, { used }) => sum + used, 0);

describe('permits when the coordinator dies and its calls fail', () => {
  test.each(SEEDS)('none is lost and none given twice (seed %d)', async (seed) => {
    const random = randomOf(seed);
    let faults = 0;
    // Rare enough that no task loses three attempts in a row, which would ask a person.
    const call = ({ process }: PortCall): CallFault | undefined => {
      if (process !== 'coordinator' || faults >= 60 || random() > 0.025) return undefined;
      faults += 1;
      return WAYS[Math.floor(random() * WAYS.length)];
    };
    const worker = fakeAgent('worker', { work: (_, ctx) => sleep(ctx, 1_000) });
    const fleet = await createTestFleet({ agents: [worker], hooks: { call } });
    const limits = [{ name: 'api', concurrency: LIMIT }];
    const items = Array.from({ length: 8 }, (_, index) => index);
    const runs: string[] = [];
    for (let run = 0; run < 3; run += 1) {
      runs.push(await fleet.start(workflow([task('t', { forEach: { items }, limits })])));
    }
    const ended: TestRun[] = [];
    for (const run of runs) ended.push(await fleet.ended(run));
    expect(ended.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
    expect(faults).toBeGreaterThan(5);
    expect(mostHeld(ended)).toBeLessThanOrEqual(LIMIT);
    // Everything is given back: another run gets in at once.
    const before = fleet.platform.clock.now();
    expect((await fleet.run(workflow([task('t', { limits })]))).status).toBe('completed');
    expect(fleet.platform.clock.now() - before).toBeLessThan(600_000);
  });
});
