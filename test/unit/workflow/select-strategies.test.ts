import { describe, expect, test } from '@jest/globals';
import type { SelectionStrategy } from '../../../lambdas/contracts/task-kinds.ts';
import { createSelector } from '../../../lambdas/workflow/select.ts';
import { agentWith, chooseOnce, facts, nameIn, seeded } from './selection-factories.ts';

/** How often each agent is chosen in so many turns. */
function shares(agents: ReturnType<typeof agentWith>[], request: Parameters<typeof chooseOnce>[1], turns = 2_000) {
  const random = seeded();
  const counted = new Map<string, number>();
  for (let round = 0; round < turns; round++) {
    const name = nameIn(chooseOnce(facts(agents, { random }), { round, ...request }));
    counted.set(name, (counted.get(name) ?? 0) + 1);
  }
  return (name: string): number => (counted.get(name) ?? 0) / turns;
}

describe('the score', () => {
  const score = { strategy: 'score' } as const;
  const better = (a: Parameters<typeof agentWith>[1], b: Parameters<typeof agentWith>[1], request = {}) =>
    nameIn(chooseOnce(facts([agentWith('a', a), agentWith('b', b)]), { ...score, ...request }));

  test('is higher for success, speed, a short queue, a low cost and being near', () => {
    expect(better({ success: 0.9 }, { success: 0.95 })).toBe('b');
    expect(better({ latencyMs: 900 }, { latencyMs: 300 })).toBe('b');
    expect(better({ queued: 3 }, { queued: 2 })).toBe('b');
    expect(better({ cost: 2 }, { cost: 1 })).toBe('b');
    expect(better({ near: ['us-east-1'] }, { near: ['eu-west-1'] }, { near: 'eu-west-1' })).toBe('b');
  });

  test('lets a near agent have a queue, up to a point', () => {
    const near = { near: ['eu-west-1'] };
    expect(better({}, { ...near, queued: 0 }, { near: 'eu-west-1' })).toBe('b');
    expect(better({}, { ...near, queued: 2 }, { near: 'eu-west-1' })).toBe('a');
  });

  test('takes the middle of its peers for an agent of whom nothing is known', () => {
    const peers = [
      agentWith('y', { latencyMs: 1_000, success: 0.9 }),
      agentWith('z', { latencyMs: 300, success: 0.95 }),
    ];
    // The dice always draw the first two by name: the new one and its rival.
    const against = (rival: Parameters<typeof agentWith>[1]) =>
      nameIn(chooseOnce(facts([agentWith('new'), agentWith('rival', rival), ...peers]), score));
    expect(against({ latencyMs: 5_000, success: 0.9 })).toBe('new');
    expect(against({ latencyMs: 1_000, success: 0.5 })).toBe('new');
    expect(against({ latencyMs: 20, success: 0.99 })).toBe('rival');
  });

  test('counts what this run has with an agent, and forgets a queue that was measured too long ago', () => {
    const agents = [agentWith('a'), agentWith('b', { queued: 2 })];
    expect(nameIn(chooseOnce(facts(agents), score, new Map([['a', 3]])))).toBe('b');
    expect(better({}, { queued: 100, age: 180_000 })).toBe('a');
    const forgotten = [agentWith('a', { queued: 1 }), agentWith('b', { queued: 100, age: 180_001 })];
    expect(nameIn(chooseOnce(facts(forgotten), score))).toBe('b');
  });

  test('tries even an agent that always fails once the others have enough to do', () => {
    const agents = [agentWith('a', { success: 0 }), agentWith('b', { success: 1 })];
    expect(nameIn(chooseOnce(facts(agents), score))).toBe('b');
    expect(nameIn(chooseOnce(facts(agents), score, new Map([['b', 30]])))).toBe('a');
  });

  test('is told with its figures', () => {
    const agents = [
      agentWith('a', { success: 0.99, latencyMs: 120, queued: 3, near: ['eu-west-1'] }),
      agentWith('b', { success: 0.5, latencyMs: 4_000, queued: 9 }),
    ];
    const near = { ...score, near: 'eu-west-1' };
    const why = 'score 0.11: success 99 %, 120 ms, 3 queued, cost 1, near eu-west-1';
    expect(chooseOnce(facts(agents), near)).toEqual({ agent: agents[0], why });
    const unknown = [agentWith('a', { cost: 0.5 }), agentWith('b')];
    expect(chooseOnce(facts(unknown), near)).toMatchObject({
      why: 'score 1: no history, 0 queued, cost 0.5, not near eu-west-1',
    });
  });

  test('is told in the same words throughout a turn, so that dispatches can be told together', () => {
    const agents = [agentWith('a', { success: 0.9 }), agentWith('b'), agentWith('c', { queued: 1 })];
    const selector = createSelector(facts(agents, { random: seeded() }));
    const inFlight = new Map([['b', 2]]);
    const told = new Map<string, Set<string>>();
    for (let i = 0; i < 200; i++) {
      const choice = selector.choose({ type: 'work', round: i }, inFlight);
      if (!('why' in choice)) throw new Error(JSON.stringify(choice));
      const { name } = choice.agent;
      inFlight.set(name, (inFlight.get(name) ?? 0) + 1);
      told.set(name, (told.get(name) ?? new Set()).add(choice.why));
    }
    expect([...told.keys()].sort()).toEqual(['a', 'b', 'c']);
    expect([...told.values()].map((words) => words.size)).toEqual([1, 1, 1]);
    expect([...(told.get('b') ?? [])][0]).toContain('2 queued');
  });

  test('is asked of two that are drawn at random, and never twice the same one', () => {
    const agents = ['a', 'b', 'c', 'd'].map((name, i) => agentWith(name, { queued: i }));
    const share = shares(agents, score);
    // Of six pairs, a wins three, b two, c one and d none.
    expect(share('a')).toBeCloseTo(1 / 2, 1);
    expect(share('b')).toBeCloseTo(1 / 3, 1);
    expect(share('c')).toBeCloseTo(1 / 6, 1);
    expect(share('d')).toBe(0);
  });

  test('spreads many tasks of one turn nearly evenly over equals', () => {
    const agents = Array.from({ length: 20 }, (_, i) => agentWith(`agent-${i}`));
    const selector = createSelector(facts(agents, { random: seeded() }));
    const inFlight = new Map<string, number>();
    for (let i = 0; i < 1_000; i++) {
      const name = nameIn(selector.choose({ type: 'work', round: i }, inFlight));
      inFlight.set(name, (inFlight.get(name) ?? 0) + 1);
    }
    const counts = agents.map(({ name }) => inFlight.get(name) ?? 0);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(6);
  });
});

describe('the other strategies', () => {
  test('round robin goes by name, one after the other', () => {
    const agents = ['c', 'a', 'b'].map((name) => agentWith(name));
    const names = [0, 1, 2, 3, 4].map((round) => nameIn(chooseOnce(facts(agents), { strategy: 'round_robin', round })));
    expect(names).toEqual(['a', 'b', 'c', 'a', 'b']);
    expect(chooseOnce(facts(agents), { strategy: 'round_robin' })).toMatchObject({ why: 'round robin over 3' });
  });

  test('least loaded counts what was measured and what this run has there; ties go by name', () => {
    const agents = [agentWith('a', { queued: 3 }), agentWith('b', { queued: 1 }), agentWith('c', { queued: 1 })];
    const least = (inFlight = {}) =>
      chooseOnce(facts(agents), { strategy: 'least_loaded' }, new Map(Object.entries(inFlight)));
    expect(least()).toEqual({ agent: agents[1], why: 'least loaded of 3' });
    expect(nameIn(least({ b: 1 }))).toBe('c');
    expect(nameIn(least({ b: 4, c: 4 }))).toBe('a');
  });

  test('response time takes the fastest, but first those that were never measured', () => {
    const agents = [agentWith('a', { latencyMs: 120 }), agentWith('b', { latencyMs: 119.6 })];
    const fastest = (all: typeof agents, inFlight = {}) =>
      chooseOnce(facts(all), { strategy: 'response_time' }, new Map(Object.entries(inFlight)));
    expect(fastest(agents)).toEqual({ agent: agents[1], why: 'fastest of 2: 120 ms' });
    const withNew = [...agents, agentWith('x'), agentWith('y')];
    expect(fastest(withNew)).toEqual({ agent: withNew[2], why: 'never measured, of 4' });
    expect(nameIn(fastest(withNew, { x: 1 }))).toBe('y');
  });

  test('weighted shares the work by weight', () => {
    const agents = [agentWith('a', { weight: 1 }), agentWith('b', { weight: 3 })];
    const share = shares(agents, { strategy: 'weighted' });
    expect(share('a')).toBeCloseTo(0.25, 1);
    expect(share('b')).toBeCloseTo(0.75, 1);
    expect(chooseOnce(facts(agents), { strategy: 'weighted' })).toMatchObject({ why: 'weight 1 of 4' });
  });

  test('weighted stays among the agents at either end of the dice', () => {
    const agents = [agentWith('a', { weight: 0.1 }), agentWith('b', { weight: 0.2 })];
    const drawn = [0, 1 - 2 ** -53].map((dice) =>
      nameIn(chooseOnce(facts(agents, { random: () => dice }), { strategy: 'weighted' })),
    );
    expect(drawn).toEqual(['a', 'b']);
  });
});

describe('which strategy it is', () => {
  const saying = (...strategies: Array<SelectionStrategy | undefined>) =>
    strategies.map((strategy, i) => agentWith(`agent-${i}`, strategy ? { strategy } : {}));
  const whyOf = (agents: ReturnType<typeof saying>, request = {}) => {
    const choice = chooseOnce(facts(agents), request);
    return 'why' in choice ? choice.why : choice;
  };

  test('is what the definition says', () => {
    expect(whyOf(saying('weighted', 'weighted'), { strategy: 'least_loaded' })).toBe('least loaded of 2');
  });

  test('is else what those manifests agree on that say anything', () => {
    expect(whyOf(saying('least_loaded', undefined))).toBe('least loaded of 2');
  });

  test('is the score when they disagree or say nothing', () => {
    expect(whyOf(saying('least_loaded', 'weighted'))).toMatch(/^score/);
    expect(whyOf(saying(undefined, undefined))).toMatch(/^score/);
  });
});
