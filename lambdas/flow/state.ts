import type { Claimant, FlowRule, Gate } from '../contracts/flow-control.ts';
import type { BatchItem, Refusal } from './events.ts';

/** Raised when a change to `evolve` makes stored snapshots wrong. */
export const FLOW_ENGINE_VERSION = 1;

/** A run that asks the flow or holds something of it. Numbers count from the run's beginning and only grow. */
export interface Claim {
  readonly claimant: Claimant;
  readonly asked: number;
  readonly returned: number;
  readonly granted: number;
  /** Of those asked for, how many it does not wait for any more. */
  readonly withdrawn?: number;
  /** Since when the oldest of its waiting work waits, or the last did, as it says. */
  readonly since: number;
  /** By then it has ended, as it says. */
  readonly expires: number;
  /** Flow's clock: since when something of it waits here. */
  readonly waitsFrom: number;
  /** When it last got a permit. */
  readonly served?: number;
  /** Mean of the times at which it got what it holds. */
  readonly heldFrom?: number;
  /** When it was last heard of. */
  readonly heard: number;
  /** When it was last asked what it holds, and how often since it was heard of. */
  readonly checked?: number;
  readonly unanswered: number;
  /** Checks in a row that brought nothing new: each makes the next one rarer. */
  readonly quiet: number;
  readonly input?: BatchItem;
  readonly refused?: Refusal;
  readonly batch?:
    | { readonly items: readonly BatchItem[]; readonly members: readonly string[] }
    | { readonly leader: string };
  /** It was told to end. */
  readonly cancelled?: true;
  /** What it has asked for may be old: only what it answers to what it was asked since counts. */
  readonly doubted?: true;
}

/** One limit, or one way of getting in, for one value of its key. */
export interface FlowState {
  readonly flowId: string;
  /** None before the first ask. */
  readonly gate?: Gate;
  /** By run id, in the order in which they came. */
  readonly claims: ReadonlyMap<string, Claim>;
  /** Of all runs that are forgotten, when the last began to wait, as it said. */
  readonly forgottenUpTo?: number;
  /** Rate: the theoretical arrival time of the next permit, ms (GCRA). */
  readonly tat: number;
  /** Where tenants share: the flow's virtual time, and when each tenant's last turn ends in it. */
  readonly virtual: number;
  readonly finish: Readonly<Record<string, number>>;
  /** Debounce: when the first of those came that follow each other in quick succession. */
  readonly streakFrom?: number;
  /** How long a permit is held, the last ones counting most, ms. */
  readonly holdMs?: number;
  /** When its timer goes off. */
  readonly timer?: number;
  /** When the sweeper looks at it; none: it is idle. */
  readonly wake?: number;
}

export function newFlow(flowId: string): FlowState {
  return { flowId, claims: new Map(), tat: 0, virtual: 0, finish: {} };
}

export const heldBy = (claim: Claim): number => claim.granted - claim.returned;

/** Permits that the run still waits for. */
export const waitingOf = (claim: Claim): number =>
  claim.refused ? 0 : Math.max(0, claim.asked - (claim.withdrawn ?? 0) - claim.granted);

export const isWaiting = (claim: Claim): boolean => waitingOf(claim) > 0;

/** Those that wait, in the order in which they came. */
export function waitingIn({ claims }: FlowState): Array<[run: string, claim: Claim]> {
  return [...claims].filter(([, claim]) => isWaiting(claim));
}

export function heldIn({ claims }: FlowState): number {
  let held = 0;
  for (const claim of claims.values()) held += heldBy(claim);
  return held;
}

/** How many may hold a permit at once; undefined: the flow does not care how long they do. */
export function capacityOf(rule: FlowRule): number | undefined {
  return rule.kind === 'concurrency' ? rule.limit : rule.kind === 'singleton' ? 1 : undefined;
}
