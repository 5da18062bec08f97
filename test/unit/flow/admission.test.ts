import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FlowRule } from '../../../lambdas/contracts/flow-control.ts';
import { flowPlayer, runNamed } from '../../support/flow-player.ts';

const singleton = (otherwise: string) =>
  FlowRule.parse(
    Object.fromEntries([
      ['kind', 'singleton'],
      ['mode', otherwise],
    ]),
  );

describe('singleton', () => {
  test('wait: one after another', () => {
    const flow = flowPlayer(singleton('wait'));
    flow.turn(flow.ask('a'));
    flow.pass(1);
    flow.turn(flow.ask('b'));
    expect([flow.granted('a'), flow.granted('b')]).toEqual([1, 0]);
    flow.turn(flow.ask('a', { returned: 1, done: true }));
    expect(flow.granted('b')).toBe(1);
  });

  test('skip: whoever comes while one is at work is refused, and told by whom', () => {
    const flow = flowPlayer(singleton('skip'));
    flow.turn(flow.ask('a'));
    const events = flow.turn(flow.ask('b'));
    const refused = {
      code: 'singleton_busy',
      reason: `run ${runNamed('a')} with the same key is at work`,
      by: runNamed('a'),
    };
    expect(flow.refusal('b')).toEqual(refused);
    expect(flow.effects(events)).toContainEqual(
      expect.objectContaining({ type: 'tell', run: runNamed('b'), claim: expect.objectContaining({ refused }) }),
    );
    flow.pass(1);
    flow.turn(flow.ask('b', { done: true }), flow.ask('a', { returned: 1, done: true }), flow.ask('c'));
    expect(flow.granted('c')).toBe(1);
  });

  test('cancel: the newest takes the place of the holder once it has ended, those between are refused', () => {
    const flow = flowPlayer(singleton('cancel'));
    flow.turn(flow.ask('a'));
    const events = flow.turn(flow.ask('b'));
    expect(flow.effects(events)).toContainEqual(
      expect.objectContaining({ type: 'cancel', run: runNamed('a'), by: runNamed('b') }),
    );
    expect(flow.turn(flow.ask('c'))).not.toContainEqual(expect.objectContaining({ type: 'holder_cancelled' }));
    expect(flow.refusal('b')?.reason).toBe(`superseded by run ${runNamed('c')}`);
    expect(flow.granted('c')).toBe(0);
    flow.turn(flow.ask('a', { returned: 1, done: true }));
    expect([flow.granted('b'), flow.granted('c')]).toEqual([0, 1]);
  });

  test('never lets two in, in whatever order they come, end and repeat themselves', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const step = fc.record({ who: fc.constantFrom(...names), ends: fc.boolean() });
    fc.assert(
      fc.property(fc.constantFrom('wait', 'skip', 'cancel'), fc.array(step, { maxLength: 40 }), (mode, steps) => {
        const flow = flowPlayer(singleton(mode));
        const ended = new Set<string>();
        for (const { who, ends } of steps) {
          if (ends) ended.add(who);
          flow.pass(1);
          flow.turn(ended.has(who) ? flow.ask(who, { returned: flow.granted(who), done: true }) : flow.ask(who));
          expect(names.filter((name) => flow.granted(name) > 0).length).toBeLessThanOrEqual(1);
          const waiting = names.filter((name) => flow.state().claims.has(runNamed(name)) && !flow.refusal(name));
          if (waiting.length > 0) expect(names.some((name) => flow.granted(name) > 0)).toBe(true);
        }
      }),
    );
  });
});

describe('debounce', () => {
  test('lets only the last of a quick succession in, once it is quiet', () => {
    const flow = flowPlayer({ kind: 'debounce', seconds: 5 });
    for (const name of ['a', 'b', 'c']) {
      flow.turn(flow.ask(name));
      flow.pass(4_000);
    }
    expect(flow.refusal('a')?.by).toBe(runNamed('b'));
    expect(flow.refusal('b')?.by).toBe(runNamed('c'));
    flow.wake(999);
    expect(flow.granted('c')).toBe(0);
    flow.wake(1);
    expect(flow.granted('c')).toBe(1);
  });

  test('arms a timer for the end of the quiet time, and does not mind one that comes early', () => {
    const flow = flowPlayer({ kind: 'debounce', seconds: 5 });
    flow.turn(flow.ask('a'));
    expect(flow.state().timer).toBe(flow.now() + 5_000);
    flow.pass(3_000);
    flow.turn(flow.ask('b'));
    flow.wake(2_000);
    expect(flow.granted('b')).toBe(0);
    expect(flow.state().timer).toBe(flow.now() + 3_000);
    flow.wake(3_000);
    expect(flow.granted('b')).toBe(1);
  });

  test('lets one in after the longest wait even if it is never quiet, and begins anew after it', () => {
    const flow = flowPlayer({ kind: 'debounce', seconds: 5, atMostSeconds: 12 });
    for (const name of ['a', 'b', 'c', 'd']) {
      flow.turn(flow.ask(name));
      flow.pass(3_000);
    }
    flow.wake(0);
    expect(flow.granted('d')).toBe(1);
    flow.turn(flow.ask('e'));
    flow.wake(4_999);
    expect(flow.granted('e')).toBe(0);
    flow.wake(1);
    expect(flow.granted('e')).toBe(1);
  });

  test('counts a repeated ask once', () => {
    const flow = flowPlayer({ kind: 'debounce', seconds: 5 });
    const ask = flow.ask('a');
    flow.turn(ask);
    flow.pass(4_000);
    flow.turn(ask);
    flow.wake(1_000);
    expect(flow.granted('a')).toBe(1);
    expect(flow.turn(ask)).toEqual([]);
  });
});

describe('a batch', () => {
  const item = (n: number) => ({ input: { value: { n } } });

  test('goes in when it is full: the first does the work of all, with their inputs in order', () => {
    const flow = flowPlayer({ kind: 'batch', size: 3, seconds: 60 });
    flow.turn(flow.ask('a', item(1)), flow.ask('b', item(2)));
    expect(flow.granted('a')).toBe(0);
    const events = flow.turn(flow.ask('c', item(3)), flow.ask('d', item(4)));
    expect(events).toContainEqual({
      type: 'batch_gathered',
      leader: runNamed('a'),
      members: [runNamed('b'), runNamed('c')],
    });
    const told = flow.effects(events).filter((effect) => effect.type === 'tell');
    expect(told.map(({ run, claim }) => [run, claim.batch])).toEqual([
      [runNamed('a'), { items: [1, 2, 3].map((n) => ({ value: { n } })), members: [runNamed('b'), runNamed('c')] }],
      [runNamed('b'), { leader: runNamed('a') }],
      [runNamed('c'), { leader: runNamed('a') }],
    ]);
    expect(flow.granted('d')).toBe(0);
  });

  test('that never fills goes in when its time is over, even if it is one', () => {
    const flow = flowPlayer({ kind: 'batch', size: 3, seconds: 60 });
    flow.turn(flow.ask('a', item(1)));
    expect(flow.state().timer).toBe(flow.now() + 60_000);
    flow.wake(59_999);
    expect(flow.granted('a')).toBe(0);
    flow.wake(1);
    expect(flow.granted('a')).toBe(1);
  });

  test('leaves out who left before, and tells the leader the same again after a member has left', () => {
    const flow = flowPlayer({ kind: 'batch', size: 2, seconds: 60 });
    flow.turn(flow.ask('a', item(1)));
    flow.turn(flow.ask('a', { done: true }));
    const events = flow.turn(flow.ask('b', item(2)), flow.ask('c', item(3)));
    const before = flow.effects(events).find((effect) => effect.type === 'tell' && effect.run === runNamed('b'));
    flow.turn(flow.ask('c', { returned: 1, done: true }));
    const after = flow.effects(events).find((effect) => effect.type === 'tell' && effect.run === runNamed('b'));
    expect(after).toEqual(before);
  });
});
