import { describe, expect, test } from '@jest/globals';
import { flowPlayer, runNamed } from '../../support/flow-player.ts';

const types = (events: ReadonlyArray<{ type: string }>): string[] => events.map(({ type }) => type);
const skip = { kind: 'singleton', mode: 'skip' } as const;
const pair = { kind: 'batch', size: 2, seconds: 60 } as const;
const item = (n: number) => ({ input: { value: { n } } });

/** `a` has got in and is forgotten; what it asked for first is kept. */
function afterA(rule: typeof skip | typeof pair) {
  const flow = flowPlayer(rule);
  const old = flow.ask('a', item(1));
  flow.turn(old);
  flow.wake(60_000);
  flow.turn(flow.ask('a', { returned: 1, done: true }));
  expect(flow.state().claims.size).toBe(0);
  flow.pass(1_000);
  return { flow, old };
}

describe('an ask of a run that is forgotten', () => {
  test('is not taken for a new one: the run is asked, and wants nothing', () => {
    const { flow, old } = afterA(skip);
    const events = flow.turn(old);
    expect(types(events)).toEqual(['claim_doubted']);
    expect(flow.effects(events)).toContainEqual(expect.objectContaining({ type: 'check', run: runNamed('a') }));
    flow.turn(old);
    expect(flow.granted('a')).toBe(0);
    flow.turn(flow.ask('a', { returned: 1, done: true, answers: flow.now() }));
    expect(flow.state().claims.size).toBe(0);
  });

  test('does not turn others away', () => {
    const { flow, old } = afterA(skip);
    flow.turn(old, flow.ask('b', item(2)));
    expect([flow.granted('b'), flow.refusal('b')]).toEqual([1, undefined]);
  });

  test('is in no second batch', () => {
    const { flow, old } = afterA(pair);
    flow.turn(old, flow.ask('b', item(2)), flow.ask('c', item(3)));
    expect(flow.state().claims.get(runNamed('b'))?.batch).toEqual({
      items: [{ value: { n: 2 } }, { value: { n: 3 } }],
      members: [runNamed('c')],
    });
  });

  test('is not confirmed by an old answer that comes with it', () => {
    const { flow, old } = afterA(pair);
    flow.turn(old, flow.ask('a', { answers: flow.now() - 1, ...item(1) }));
    flow.wake(60_000);
    expect(flow.granted('a')).toBe(0);
  });

  test('that is not answered is looked into again', () => {
    const { flow, old } = afterA(skip);
    flow.turn(old);
    expect(types(flow.wake(300_000))).toContain('claims_checked');
  });
});

describe('an ask that a forgotten run has overtaken', () => {
  test('counts once its run has confirmed it', () => {
    const { flow } = afterA(skip);
    const late = flow.ask('b', { since: flow.now() - 120_000 });
    expect(types(flow.turn(late))).toEqual(['claim_doubted']);
    flow.turn(flow.ask('b', { answers: flow.now() }));
    expect(flow.granted('b')).toBe(1);
  });

  test('counts at once where nothing can come of an old one', () => {
    const flow = flowPlayer({ kind: 'concurrency', limit: 1 });
    const late = flow.ask('b');
    flow.turn(flow.ask('a'));
    flow.turn(flow.ask('a', { returned: 1, done: true }));
    flow.turn(late);
    expect(flow.granted('b')).toBe(1);
  });
});

test('a run that has asked for more since is not done by what it said before', () => {
  const flow = flowPlayer({ kind: 'concurrency', limit: 1 });
  const done = flow.ask('a', { returned: 1, done: true });
  flow.turn(flow.ask('a'));
  flow.turn(flow.ask('a', { returned: 1 }), flow.ask('b'));
  flow.turn(flow.ask('a', { asked: 2, returned: 1 }));
  flow.turn(done);
  flow.turn(flow.ask('b', { returned: 1, done: true }));
  expect(flow.granted('a')).toBe(2);
});
