import type { ErrorReport } from '../contracts/errors.ts';
import type { RegisteredAgent } from '../contracts/registry.ts';
import type { SelectionStrategy } from '../contracts/task-kinds.ts';
import type { Contracts } from './events.ts';
import { type Figures, figuresOf, meritOf, neutralOf } from './score.ts';
import { type Availability, type AvailabilityFacts, availabilityOf, probedByAnother } from './select-availability.ts';
import { contractGone, noCapableAgent } from './select-errors.ts';

/** An agent that can do a type of task, as it stands at the beginning of the turn. */
export interface Candidate {
  readonly name: string;
  readonly agent: RegisteredAgent;
  readonly available: Availability;
  readonly figures: Figures;
  /** Its score but for load and proximity. */
  readonly merit: number;
  /** Messages in its inbox when last measured; 0 when that is too long ago. */
  readonly queued: number;
}

/** Who can do a type of task, by name, and who of them may be sent work. */
export interface Pool {
  readonly type: string;
  /** The definition names the agent. */
  readonly named: boolean;
  readonly candidates: readonly Candidate[];
  readonly healthy: readonly Candidate[];
  readonly unhealthy: readonly Candidate[];
  readonly halfOpen: readonly Candidate[];
  /** What those manifests that name a strategy agree on. */
  readonly strategy: SelectionStrategy | undefined;
}

export interface PoolFacts extends AvailabilityFacts {
  readonly agents: readonly RegisteredAgent[];
  readonly contracts: Contracts;
}

/** A measured queue length says nothing after this. */
const LOAD_FRESH_MS = 180_000;
/** So many reasons are named when nobody can take a task. */
const REASONS_TOLD = 3;

/** The pools of one turn: each type's agents are looked through once. */
export function createPools(facts: PoolFacts) {
  const { agents, contracts, now } = facts;
  const known = new Map<string, Pool | { none: ErrorReport }>();

  function find(type: string, name: string | undefined): Pool | { none: ErrorReport } {
    const capable = agents.filter(
      (agent) => (name === undefined || agent.name === name) && Object.hasOwn(agent.capabilities, type),
    );
    if (capable.length === 0) return { none: noCapableAgent(type, name) };
    const major = Object.hasOwn(contracts, type) ? contracts[type] : undefined;
    const fitting = major === undefined ? capable : capable.filter((agent) => majorOf(agent) === major);
    if (major !== undefined && fitting.length === 0) return { none: contractGone(type, major, capable.map(majorOf)) };
    return poolOf(type, name !== undefined, candidatesOf(fitting));
  }

  function candidatesOf(capable: readonly RegisteredAgent[]): Candidate[] {
    const figures = capable.map(figuresOf);
    const neutral = neutralOf(figures);
    return capable
      .map((agent, index) => {
        const own = figures[index] ?? figuresOf(agent);
        const available = availabilityOf(agent, facts);
        return {
          name: agent.name,
          agent,
          available,
          figures: own,
          merit: meritOf(own, neutral),
          queued: queued(agent),
        };
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  function queued({ load }: RegisteredAgent): number {
    return load && now - load.measured_at <= LOAD_FRESH_MS ? load.queue_depth : 0;
  }

  return {
    /** @param excluded agents that are left out, as if they were not there */
    of: (type: string, name: string | undefined, excluded?: ReadonlySet<string>): Pool | { none: ErrorReport } => {
      const key = name === undefined ? type : `${type} ${name}`;
      const pool = known.get(key) ?? find(type, name);
      known.set(key, pool);
      if ('none' in pool || !excluded || excluded.size === 0) return pool;
      return poolOf(
        type,
        pool.named,
        pool.candidates.filter((candidate) => !excluded.has(candidate.name)),
      );
    },

    /** What keeps everybody in the pool from being sent work, and when the first of them may be free again. */
    hold: ({ candidates }: Pool): { hold: string; until: number } => {
      const blocked = candidates
        .map(({ name, available }) => (available.is === 'blocked' ? available : probedByAnother(name, now)))
        .sort((a, b) => a.until - b.until);
      const told = blocked.slice(0, REASONS_TOLD).map(({ reason }) => reason);
      if (blocked.length > told.length) told.push(`and ${blocked.length - told.length} more`);
      return { hold: told.join('; '), until: blocked[0]?.until ?? now };
    },
  };
}

/** The major version of the contract that an agent fulfils. */
export function majorOf({ version }: Pick<RegisteredAgent, 'version'>): number {
  return Number.parseInt(version, 10) || 0;
}

function poolOf(type: string, named: boolean, candidates: readonly Candidate[]): Pool {
  const usable = (healthy: boolean): Candidate[] =>
    candidates.filter(({ available }) => available.is === 'usable' && available.healthy === healthy);
  const said = new Set(candidates.flatMap(({ agent }) => agent.selection?.strategy ?? []));
  const [strategy] = said.size === 1 ? said : [];
  return {
    type,
    named,
    candidates,
    healthy: usable(true),
    unhealthy: usable(false),
    halfOpen: candidates.filter(({ available }) => available.is === 'half_open'),
    strategy,
  };
}
