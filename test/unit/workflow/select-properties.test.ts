import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AgentState, isInPool } from '../../../lambdas/contracts/health.ts';
import { SelectionStrategy } from '../../../lambdas/contracts/task-kinds.ts';
import { phaseOf } from '../../../lambdas/workflow/breaker.ts';
import { type Choice, createSelector, type SelectionFacts } from '../../../lambdas/workflow/select.ts';
import { NOW } from '../../support/factories.ts';
import { agentWith, facts, openUntil, seeded } from './selection-factories.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const someNames = some(fc.subarray(NAMES).map((names) => new Set(names)));
const moment = fc.integer({ min: -3, max: 3 }).map((seconds) => NOW + seconds * 1_000);

const agent = fc.record({
  capable: fc.boolean(),
  version: fc.constantFrom('1.0.0', '1.4.2', '2.0.0'),
  state: some(fc.constantFrom(...AgentState.options)),
  ill: fc.boolean(),
  queued: some(fc.integer({ min: 0, max: 5 })),
  breaker: some(fc.record({ until: moment, lease: some(moment) })),
  probe: some(fc.boolean()),
});
const request = fc.record({
  agent: some(fc.constantFrom(...NAMES)),
  strategy: some(fc.constantFrom(...SelectionStrategy.options)),
  avoid: someNames,
  exclude: someNames,
  prefer: some(fc.constantFrom(...NAMES)),
  near: some(fc.constant('eu-west-1')),
});
const scene = fc.record({
  agents: fc.array(agent, { maxLength: NAMES.length }),
  requests: fc.array(request, { minLength: 1, maxLength: 8 }),
  major: some(fc.constantFrom(1, 2)),
  seed: fc.integer({ min: 1, max: 1_000_000 }),
});
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

function factsOf({ agents, major, seed }: Scene): SelectionFacts {
  const named = agents.map((each, i) => ({ ...each, name: NAMES[i] ?? '' }));
  return facts(
    named.map(({ name, capable, version, state, ill, queued }) => {
      const made = agentWith(name, {
        version,
        ...(state && { state }),
        ...(ill && { issues: ['High error rate'] }),
        ...(queued !== undefined && { queued }),
      });
      return capable ? made : { ...made, capabilities: {} };
    }),
    {
      breakers: new Map(
        named.flatMap(({ name, breaker }) =>
          breaker
            ? [
                [
                  name,
                  openUntil(
                    breaker.until,
                    breaker.lease === undefined ? undefined : { holder: 'x', until: breaker.lease },
                  ),
                ] as const,
              ]
            : [],
        ),
      ),
      probes: new Map(named.flatMap(({ name, probe }) => (probe === undefined ? [] : [[name, probe] as const]))),
      contracts: major === undefined ? {} : { work: major },
      random: seeded(seed),
    },
  );
}

/** All choices of a turn, with the tasks that they put in flight. */
function choicesOf(given: Scene): { given: SelectionFacts; choices: Choice[] } {
  const known = factsOf(given);
  const selector = createSelector(known);
  const inFlight = new Map<string, number>();
  const choices = given.requests.map(({ agent: named, strategy, avoid, exclude, prefer, near }, round) => {
    const choice = selector.choose(
      {
        ...{ type: 'work', round },
        ...(named !== undefined && { agent: named }),
        ...(strategy && { strategy }),
        ...(avoid && { avoid }),
        ...(exclude && { exclude }),
        ...(prefer !== undefined && { prefer }),
        ...(near !== undefined && { near }),
      },
      inFlight,
    );
    if ('why' in choice) inFlight.set(choice.agent.name, (inFlight.get(choice.agent.name) ?? 0) + 1);
    return choice;
  });
  return { given: known, choices };
}

describe('whatever the agents are like', () => {
  test('the chosen one can do the task under the run’s contract, is in the pool, not excluded and not open', () => {
    fc.assert(
      fc.property(scene, (each) => {
        const { given, choices } = choicesOf(each);
        for (const [i, choice] of choices.entries()) {
          if (!('why' in choice)) continue;
          const { name, capabilities, version, load } = choice.agent;
          const asked = each.requests[i];
          expect(capabilities).toHaveProperty('work');
          if (each.major !== undefined) expect(Number.parseInt(version, 10)).toBe(each.major);
          expect(isInPool(load?.health?.state ?? 'ready')).toBe(true);
          expect(asked?.exclude?.has(name) ?? false).toBe(false);
          expect(asked?.agent ?? name).toBe(name);
          const phase = phaseOf(given.breakers.get(name), NOW);
          if (choice.probe)
            expect([given.probes.get(name), phase === 'closed', phase === 'open']).toEqual([true, false, false]);
          else expect(phase).toBe('closed');
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('an unhealthy one is chosen only when every healthy one is kept away from work', () => {
    fc.assert(
      fc.property(scene, (each) => {
        const { given, choices } = choicesOf(each);
        for (const [i, choice] of choices.entries()) {
          const asked = each.requests[i];
          if (!('why' in choice) || choice.probe || choice.agent.name === asked?.prefer) continue;
          if (choice.agent.load?.health?.is_healthy !== false) continue;
          const healthier = given.agents.filter(
            ({ name, capabilities, version, load }) =>
              'work' in capabilities &&
              (each.major === undefined || Number.parseInt(version, 10) === each.major) &&
              (asked?.agent ?? name) === name &&
              !asked?.exclude?.has(name) &&
              isInPool(load?.health?.state ?? 'ready') &&
              (load?.health?.is_healthy ?? true) &&
              phaseOf(given.breakers.get(name), NOW) === 'closed',
          );
          expect(healthier).toEqual([]);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('an agent’s probe is asked for, or given away, at most once in a turn', () => {
    fc.assert(
      fc.property(scene, (each) => {
        const probed = choicesOf(each).choices.flatMap((choice) =>
          'ask' in choice ? [choice.agent] : 'why' in choice && choice.probe ? [choice.agent.name] : [],
        );
        expect(new Set(probed).size).toBe(probed.length);
      }),
      { numRuns: 2_000 },
    );
  });

  test('none means that nobody who could is registered, and a hold says why and ends later than now', () => {
    fc.assert(
      fc.property(scene, (each) => {
        const { given, choices } = choicesOf(each);
        for (const [i, choice] of choices.entries()) {
          const asked = each.requests[i];
          const could = given.agents.some(
            ({ name, capabilities, version }) =>
              'work' in capabilities &&
              (asked?.agent ?? name) === name &&
              !asked?.exclude?.has(name) &&
              (each.major === undefined || Number.parseInt(version, 10) === each.major),
          );
          expect('none' in choice).toBe(!could);
          if ('hold' in choice) expect([choice.hold.length > 0, choice.until > NOW]).toEqual([true, true]);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('the same facts and dice give the same choices, whatever order the registry has', () => {
    fc.assert(
      fc.property(scene, (each) => {
        expect(choicesOf(each).choices).toEqual(choicesOf(each).choices);
        const known = factsOf(each);
        const first = (agents: SelectionFacts['agents']) =>
          createSelector({ ...known, agents, random: seeded(each.seed) }).choose({ type: 'work', round: 0 }, new Map());
        expect(first(known.agents.toReversed())).toEqual(first(known.agents));
      }),
    );
  });
});

describe('the cost of choosing among 1,000 agents', () => {
  test.each(SelectionStrategy.options)(
    'by %s: each agent is looked through once, however many tasks there are',
    (strategy) => {
      const count = { capabilities: 0, health: 0, breakers: 0, inFlight: 0 };
      const agents = Array.from({ length: 1_000 }, (_, i) => {
        const {
          capabilities,
          load = { queue_depth: 0, measured_at: NOW },
          ...rest
        } = agentWith(`agent-${i}`, { queued: i % 7, latencyMs: i, success: 0.9 });
        return {
          ...rest,
          get capabilities() {
            count.capabilities++;
            return capabilities;
          },
          get load() {
            count.health++;
            return load;
          },
        };
      });
      class Counted<V> extends Map<string, V> {
        readonly field: 'breakers' | 'inFlight';
        constructor(field: 'breakers' | 'inFlight') {
          super();
          this.field = field;
        }
        override get(name: string): V | undefined {
          count[this.field]++;
          return super.get(name);
        }
      }
      const selector = createSelector(facts(agents, { breakers: new Counted('breakers'), random: seeded() }));
      const inFlight = new Counted<number>('inFlight');
      for (let round = 0; round < 500; round++) {
        const choice = selector.choose({ type: 'work', strategy, round }, inFlight);
        if (!('why' in choice)) throw new Error(JSON.stringify(choice));
        inFlight.set(choice.agent.name, (inFlight.get(choice.agent.name) ?? 0) + 1);
      }
      expect(count.capabilities).toBeLessThanOrEqual(1_000);
      expect(count.health).toBeLessThanOrEqual(5_000);
      expect(count.breakers).toBeLessThanOrEqual(1_000);
      const perChoice = { score: 4, round_robin: 1, weighted: 1, response_time: 3, least_loaded: 2_001 }[strategy];
      expect(count.inFlight).toBeLessThanOrEqual(500 * perChoice + 1_000);
    },
  );
});
