import type { BreakerState } from '../contracts/breaker.ts';
import { type AgentHealth, type AgentState, isInPool } from '../contracts/health.ts';
import type { RegisteredAgent } from '../contracts/registry.ts';
import { phaseOf } from './breaker.ts';

/** Whether work may be sent to an agent in this turn. */
export type Availability =
  | { readonly is: 'usable'; readonly healthy: boolean }
  /** One task may find out whether its breaker closes; this run may ask for the probe, or holds it. */
  | { readonly is: 'half_open' }
  | Blocked;
export interface Blocked {
  readonly is: 'blocked';
  /** For people. */
  readonly reason: string;
  /** When to look again, ms. */
  readonly until: number;
}

export interface AvailabilityFacts {
  readonly breakers: ReadonlyMap<string, BreakerState>;
  readonly probes: ReadonlyMap<string, boolean>;
  readonly now: number;
}

/** An agent that only a person, the monitor or a probe's end brings back is looked at again this often. */
const LOOK_AGAIN_MS = 30_000;
/** Somebody else has just taken the probe: their lease is known when the breakers are read again. */
const LEASE_UNKNOWN_MS = 5_000;

/** How people hear of an agent that is out of the pool. */
const SAID: Readonly<Partial<Record<AgentState, string>>> = {
  failed: 'has failed',
  quarantined: 'is quarantined',
  draining: 'is draining and takes no more',
};

/** Out of the pool before the breaker before health: the first that keeps work away is the reason people see. */
export function availabilityOf(agent: RegisteredAgent, facts: AvailabilityFacts): Availability {
  const { breakers, probes, now } = facts;
  const { name } = agent;
  const health = agent.load?.health;
  if (health && !isInPool(health.state)) return blocked(outOfPool(name, health), now + LOOK_AGAIN_MS);
  const breaker = breakers.get(name);
  const phase = phaseOf(breaker, now);
  if (phase === 'closed' || breaker?.open_until === undefined) {
    return { is: 'usable', healthy: health?.is_healthy ?? true };
  }
  if (phase === 'open') {
    return blocked(`breaker of "${name}" is open until ${utcTime(breaker.open_until)}`, breaker.open_until);
  }
  const mine = probes.get(name);
  if (mine === true || (mine === undefined && phase === 'half_open')) return { is: 'half_open' };
  const lease = phase === 'probing' ? breaker.probe : undefined;
  return beingProbed(name, lease ? Math.min(lease.until, now + LOOK_AGAIN_MS) : now + LEASE_UNKNOWN_MS);
}

/** Another task of this turn has the probe, or asks for it. */
export const probedByAnother = (name: string, now: number): Blocked => beingProbed(name, now + LEASE_UNKNOWN_MS);

/** As `12:00:05 UTC`. */
export const utcTime = (at: number): string => `${new Date(at).toISOString().slice(11, 19)} UTC`;

function outOfPool(name: string, { state, reason, issues }: AgentHealth): string {
  const said = SAID[state] ?? `is in ${state}`;
  const why = reason ?? issues.join(', ');
  return `agent "${name}" ${said}${why && `: ${why}`}`;
}

const beingProbed = (name: string, until: number): Blocked => blocked(`breaker of "${name}" is being probed`, until);

const blocked = (reason: string, until: number): Blocked => ({ is: 'blocked', reason, until });
