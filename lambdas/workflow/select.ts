import type { BreakerState } from '../contracts/breaker.ts';
import type { ErrorReport } from '../contracts/errors.ts';
import type { RegisteredAgent } from '../contracts/registry.ts';
import type { SelectionStrategy } from '../contracts/task-kinds.ts';
import type { Contracts } from './events.ts';
import { utcTime } from './select-availability.ts';
import { noOtherAgent } from './select-errors.ts';
import { type Candidate, createPools, majorOf, type Pool } from './select-pool.ts';
import { createPicker } from './select-strategies.ts';

/** What a choice rests on: read once at the beginning of a turn. */
export interface SelectionFacts {
  readonly agents: readonly RegisteredAgent[];
  readonly breakers: ReadonlyMap<string, BreakerState>;
  /** Agent → whether this run holds the probe of its breaker; absent: not asked yet. */
  readonly probes: ReadonlyMap<string, boolean>;
  /** ms */
  readonly now: number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Major versions that the run was begun with; a type that is absent: any. */
  readonly contracts: Contracts;
}

export interface SelectionRequest {
  readonly type: string;
  /** Only this one. */
  readonly agent?: string;
  /** Default: what the agents' manifests say, if they agree; else `score`. */
  readonly strategy?: SelectionStrategy;
  readonly near?: string;
  /** Not these, if another can. */
  readonly avoid?: ReadonlySet<string>;
  /** Never these. */
  readonly exclude?: ReadonlySet<string>;
  /** This one, if it is usable. */
  readonly prefer?: string;
  /** Dispatches of this type so far in this run, plus an offset of the run. */
  readonly round: number;
  /** Nothing will be sent now: no probe is asked for or given away. */
  readonly looking?: true;
}

export type Choice =
  /** `why` is for the journal, and the same for an agent throughout a turn, so that dispatches can be told together. */
  | { readonly agent: RegisteredAgent; readonly why: string; readonly probe?: true }
  /** Take the probe of this agent's breaker, then choose again with `probes` filled in. */
  | { readonly ask: 'probe'; readonly agent: string }
  /** Nobody can take it now: the reason for people, and when (ms) to look again. */
  | { readonly hold: string; readonly until: number }
  /** Nobody who could is registered. */
  | { readonly none: ErrorReport };

export interface Selector {
  /** @param inFlight tasks of this run that an agent has now */
  choose(request: SelectionRequest, inFlight: ReadonlyMap<string, number>): Choice;
}

/**
 * Chooses agents for the tasks of one turn. The order: the agent that the definition names; the preferred one; a
 * half-open agent whose probe is due (one task a turn, even when others are healthy: else its breaker never closes);
 * healthy before unhealthy; not avoided before avoided; then the strategy. Never an agent that is out of the pool, or
 * whose breaker is open. Candidates and reasons are worked out once, so make one per turn.
 */
export function createSelector(facts: SelectionFacts): Selector {
  const pools = createPools(facts);
  const picker = createPicker(facts);
  /** Agents whose probe was asked for, or given to a task, since this selector was made. */
  const probed = new Set<string>();

  function probe({ name, agent }: Candidate, looking?: true): Choice | undefined {
    if (looking || probed.has(name)) return undefined;
    probed.add(name);
    if (!facts.probes.get(name)) return { ask: 'probe', agent: name };
    const since = facts.breakers.get(name)?.open_until ?? facts.now;
    return { agent, why: `probe: its breaker was open until ${utcTime(since)}`, probe: true };
  }

  function preferred(pool: Pool, name: string, looking?: true): Choice | undefined {
    const candidate = pool.candidates.find((known) => known.name === name);
    if (candidate?.available.is === 'half_open') return probe(candidate, looking);
    return candidate?.available.is === 'usable' ? { agent: candidate.agent, why: 'same agent again' } : undefined;
  }

  function firstProbe(candidates: readonly Candidate[], looking?: true): Choice | undefined {
    for (const candidate of candidates) {
      const choice = probe(candidate, looking);
      if (choice) return choice;
    }
    return undefined;
  }

  return {
    choose: (request, inFlight) => {
      const { type, agent, prefer, avoid, exclude, looking } = request;
      const pool = pools.of(type, agent, exclude);
      if ('none' in pool) return pool;
      if (pool.candidates.length === 0) return { none: noOtherAgent(type) };
      const wanted = prefer === undefined ? undefined : preferred(pool, prefer, looking);
      if (wanted) return wanted;
      const isDue = avoid ? pool.halfOpen.filter(({ name }) => !avoid.has(name)) : pool.halfOpen;
      return (
        firstProbe(isDue, looking) ??
        picker.pick(request, pool, inFlight) ??
        firstProbe(pool.halfOpen, looking) ??
        pools.hold(pool)
      );
    },
  };
}

/** The highest major version per type among the registered agents: what a run that begins now is pinned to. */
export function contractsOf(types: Iterable<string>, agents: readonly RegisteredAgent[]): Contracts {
  const contracts: Record<string, number> = {};
  for (const type of new Set(types)) {
    const majors = agents.filter((agent) => Object.hasOwn(agent.capabilities, type)).map(majorOf);
    if (majors.length > 0) contracts[type] = Math.max(...majors);
  }
  return contracts;
}
