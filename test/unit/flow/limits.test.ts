import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FlowInput } from '../../../lambdas/flow/turn.ts';
import { type FlowPlayer, flowPlayer, runNamed } from '../../support/flow-player.ts';

const NAMES = ['a', 'b', 'c', 'd'];

const step = fc.oneof(
  fc.record({
    do: fc.constant('ask' as const),
    who: fc.constantFrom(...NAMES),
    permits: fc.integer({ min: 1, max: 5 }),
  }),
  fc.record({
    do: fc.constant('return' as const),
    who: fc.constantFrom(...NAMES),
    permits: fc.integer({ min: 1, max: 5 }),
  }),
  fc.record({ do: fc.constant('end' as const), who: fc.constantFrom(...NAMES) }),
  fc.record({ do: fc.constant('repeat' as const), which: fc.nat() }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 400_000 }) }),
  fc.record({ do: fc.constant('limit' as const), limit: fc.integer({ min: 1, max: 6 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Run {
  asked: number;
  withdrawn: number;
  returned: number;
  granted: number;
}

/** Runs that keep their side of the protocol, over a network that repeats and reorders what they send. */
function play(
  flow: FlowPlayer,
  steps: readonly Step[],
  check: (runs: Map<string, Run>, limit: number) => void,
): Map<string, Run> {
  const runs = new Map(NAMES.map((name) => [name, { asked: 0, withdrawn: 0, returned: 0, granted: 0 }]));
  const sent: FlowInput[] = [];
  let limit = 3;
  const runOf = (who: string): Run => runs.get(who) ?? { asked: 0, withdrawn: 0, returned: 0, granted: 0 };
  const send = (input: FlowInput): void => {
    sent.push(input);
    deliver(flow.turn(input));
  };
  const tell = (who: string, more: object = {}): void => {
    const { asked, withdrawn, returned } = runOf(who);
    const gate = { ...flow.gate, rule: { kind: 'concurrency' as const, limit } };
    send(flow.ask(who, { asked, withdrawn, returned, tenant: who, gate, ...more }));
  };
  function deliver(events: ReturnType<FlowPlayer['turn']>): void {
    for (const effect of flow.effects(events)) {
      const who = NAMES.find((name) => 'run' in effect && runNamed(name) === effect.run);
      if (who === undefined) continue;
      const run = runOf(who);
      if (effect.type === 'tell') run.granted = Math.max(run.granted, effect.claim.granted);
      // What it was granted and waits for no more goes back at once.
      if (effect.type === 'tell' && run.granted > run.asked - run.withdrawn) {
        run.returned = run.granted;
        tell(who, { done: true });
      }
      if (effect.type === 'check') tell(who);
    }
    check(runs, limit);
  }
  for (const one of steps) {
    if (one.do === 'ask') {
      const run = runOf(one.who);
      run.asked = Math.max(run.asked, run.granted + run.withdrawn) + one.permits;
      tell(one.who);
    } else if (one.do === 'return') {
      const run = runOf(one.who);
      run.returned = Math.min(run.granted, run.returned + one.permits);
      tell(one.who);
    } else if (one.do === 'end') {
      const run = runOf(one.who);
      run.returned = run.granted;
      run.withdrawn = Math.max(run.withdrawn, run.asked - run.granted);
      tell(one.who, { done: true });
    } else if (one.do === 'repeat') {
      const again = sent[one.which % Math.max(1, sent.length)];
      if (again) deliver(flow.turn(again));
    } else if (one.do === 'limit') limit = one.limit;
    else deliver(flow.wake(one.ms));
  }
  return runs;
}

describe('a concurrency limit', () => {
  test('is never passed, whatever runs ask, return and repeat', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const flow = flowPlayer({ kind: 'concurrency', limit: 3 });
        let most = 3;
        let before = 0;
        play(flow, steps, (runs, limit) => {
          const held = [...runs.values()].reduce((sum, run) => sum + run.granted - run.returned, 0);
          most = Math.max(limit, Math.min(most, before));
          expect(held).toBeLessThanOrEqual(most);
          before = held;
        });
      }),
      { numRuns: 500 },
    );
  });

  test('leaves nobody waiting while there is room, however often messages came twice or late', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const flow = flowPlayer({ kind: 'concurrency', limit: 3 });
        const tail: Step[] = NAMES.flatMap((who) => [{ do: 'return', who, permits: 1_000 }]);
        const rounds = Array.from({ length: 100 }, () => [...tail, { do: 'wait', ms: 700_000 } as const]).flat();
        const runs = play(flow, [...steps, { do: 'limit', limit: 3 }, ...rounds], () => {});
        for (const run of runs.values()) expect(run.granted).toBeGreaterThanOrEqual(run.asked - run.withdrawn);
      }),
      { numRuns: 60 },
    );
  });

  test('gives in bulk what is free, and the rest as permits come back', () => {
    const flow = flowPlayer({ kind: 'concurrency', limit: 10 });
    flow.turn(flow.ask('a', { asked: 100 }));
    expect(flow.granted('a')).toBe(10);
    const events = flow.turn(flow.ask('a', { asked: 100, returned: 4 }));
    expect(events).toContainEqual(expect.objectContaining({ type: 'permits_granted', grants: [[runNamed('a'), 4]] }));
  });

  test('follows the newest rule that a claimant brings', () => {
    const flow = flowPlayer({ kind: 'concurrency', limit: 1 });
    flow.turn(flow.ask('a', { asked: 5 }));
    const gate = { ...flow.gate, rule: { kind: 'concurrency', limit: 4 } } as const;
    flow.turn(flow.ask('b', { gate }));
    expect(flow.granted('a') + flow.granted('b')).toBe(4);
    flow.turn(flow.ask('c', { asked: 9 }));
    expect(flow.granted('a') + flow.granted('b') + flow.granted('c')).toBe(4);
  });

  test('asks holders that are silent for five minutes, ever more rarely, and believes what they answer', () => {
    const flow = flowPlayer({ kind: 'concurrency', limit: 1 });
    flow.turn(flow.ask('a', { expires_at: flow.now() + 86_400_000 }), flow.ask('b'));
    expect(flow.wake(299_999)).not.toContainEqual(expect.objectContaining({ type: 'claims_checked' }));
    const events = flow.wake(1);
    expect(events).toContainEqual({ type: 'claims_checked', runs: [runNamed('a')] });
    expect(flow.effects(events)).toContainEqual(expect.objectContaining({ type: 'check', run: runNamed('a') }));
    const answer = flow.turn(flow.ask('a', { expires_at: flow.now() + 86_100_000 }));
    expect(flow.effects(answer)).toContainEqual(expect.objectContaining({ type: 'tell', run: runNamed('a') }));
    expect(flow.wake(300_000)).not.toContainEqual(expect.objectContaining({ type: 'claims_checked' }));
    expect(flow.wake(300_000)).toContainEqual({ type: 'claims_checked', runs: [runNamed('a')] });
    flow.turn(flow.ask('a', { returned: 1, done: true }));
    expect(flow.granted('b')).toBe(1);
  });

  test('counts what is on its way to a run that said it was done, unless the run has ended', () => {
    const flow = flowPlayer({ kind: 'concurrency', limit: 1 });
    flow.turn(flow.ask('a'), flow.ask('b'));
    flow.turn(flow.ask('a', { withdrawn: 1, done: true }));
    expect(flow.granted('b')).toBe(0);
    flow.turn(flow.ask('a', { withdrawn: 1, returned: 1, done: true }));
    expect(flow.granted('b')).toBe(1);
    flow.turn(flow.ask('c'), flow.ask('b', { done: true, expires_at: flow.now() }));
    expect(flow.granted('c')).toBe(1);
  });

  test('does not wait for what was withdrawn', () => {
    const flow = flowPlayer({ kind: 'concurrency', limit: 1 });
    flow.turn(flow.ask('a'), flow.ask('b', { asked: 3 }), flow.ask('c'));
    flow.turn(flow.ask('b', { asked: 3, withdrawn: 3 }));
    flow.turn(flow.ask('a', { returned: 1 }));
    expect([flow.granted('b'), flow.granted('c')]).toEqual([0, 1]);
  });

  test('takes permits back from a run that can not answer any more, long after its time', () => {
    const flow = flowPlayer({ kind: 'concurrency', limit: 1 });
    flow.turn(flow.ask('dead', { expires_at: flow.now() + 60_000 }), flow.ask('b'));
    flow.wake(60_000);
    expect(flow.granted('b')).toBe(0);
    for (let minute = 0; minute < 60; minute += 1) flow.wake(60_000);
    expect(flow.granted('dead')).toBe(0);
    expect(flow.granted('b')).toBe(1);
  });

  test('is quiet about what changes nothing', () => {
    const flow = flowPlayer({ kind: 'concurrency', limit: 1 });
    const ask = flow.ask('a');
    flow.turn(ask);
    expect(flow.turn(ask)).toEqual([]);
    expect(flow.turn({ type: 'wake_flow' })).toEqual([]);
    expect(flow.turn(flow.ask('nobody', { done: true }))).toEqual([]);
  });

  test('forgets a run that is done, and rests when there is none', () => {
    const flow = flowPlayer({ kind: 'concurrency', limit: 1 });
    const events = flow.turn(flow.ask('a'));
    expect(flow.effects(events)).toContainEqual({ type: 'list', gate: flow.gate });
    flow.turn(flow.ask('a', { returned: 1, done: true }));
    expect(flow.state().claims.size).toBe(0);
    const rest = flow.wake(86_400_000);
    expect(rest).toEqual([{ type: 'wake_set' }]);
    expect(flow.effects(rest)).toEqual([{ type: 'wake' }, { type: 'unlist', gate: flow.gate }]);
  });
});
