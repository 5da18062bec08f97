import type { FlowRule } from '../contracts/flow-control.ts';
import { quietAt } from './debounce.ts';
import { fairChoice } from './fair-choice.ts';
import { batchDueAt } from './gather-batches.ts';
import { nextPermitAt, takePermit } from './gcra.ts';
import { type Claim, capacityOf, type FlowState, heldBy, heldIn, waitingIn, waitingOf } from './state.ts';

/** A run in a flow, for people. */
export interface Expectation {
  readonly run: string;
  readonly tenant: string;
  readonly workflow: string;
  readonly priority: number;
  readonly permits: number;
  /** Since when it holds or waits, ms. */
  readonly since: number;
}

export interface Waiting extends Expectation {
  /** When it gets the next permit, as things stand; undefined: nobody can tell. */
  readonly expectedAt?: number;
}

export interface FlowOutlook {
  readonly holding: readonly Expectation[];
  /** Whoever is next comes first. */
  readonly waiting: readonly Waiting[];
  /** What the flow lets through, in words. */
  readonly rule: string;
  /** Why whoever waits does. */
  readonly reason: string;
}

/** Turns that are played ahead to say who comes when. */
const MOST_TURNS = 10_000;

/** Who holds permits of the flow, who waits, and until when, if nothing else happens. */
export function outlookOf(state: FlowState, now: number): FlowOutlook {
  const rule = state.gate?.rule;
  if (!rule) return { holding: [], waiting: [], rule: '', reason: '' };
  const holding = [...state.claims].flatMap(([run, claim]) => {
    const held = capacityOf(rule) === undefined ? 0 : heldBy(claim);
    return held > 0 ? [{ ...about(run, claim), permits: held, since: claim.heldFrom ?? claim.since }] : [];
  });
  return { holding, waiting: waitingFor(state, rule, now), rule: ruleInWords(rule), reason: reasonOf(state, rule) };
}

function waitingFor(state: FlowState, rule: FlowRule, now: number): Waiting[] {
  if (rule.kind === 'rate' || capacityOf(rule) !== undefined) return inTurn(state, rule, now);
  const at =
    rule.kind === 'debounce' ? quietAt(state, rule) : rule.kind === 'batch' ? batchDueAt(state, rule) : undefined;
  return waitingIn(state).map(([run, claim]) => ({
    ...about(run, claim),
    permits: waitingOf(claim),
    since: claim.since,
    ...(at !== undefined && { expectedAt: Math.max(now, at) }),
  }));
}

/** Plays the choice ahead until everybody has had a turn. */
function inTurn(state: FlowState, rule: FlowRule, now: number): Waiting[] {
  const choice = fairChoice(state, now);
  const left = new Map(waitingIn(state));
  const waiting: Waiting[] = [];
  const turnAt = rule.kind === 'rate' ? rateTurns(state, rule, now) : capacityTurns(state, rule, now);
  for (let turn = 0; turn < MOST_TURNS && left.size > 0; turn += 1) {
    const head = choice.next();
    if (!head) break;
    const at = turnAt(turn);
    const claim = left.get(head.run);
    if (claim) waiting.push({ ...waitingClaim(head.run, claim), ...(at !== undefined && { expectedAt: at }) });
    left.delete(head.run);
    choice.serve();
  }
  return [...waiting, ...[...left].map(([run, claim]) => waitingClaim(run, claim))];
}

function rateTurns(state: FlowState, rule: Extract<FlowRule, { kind: 'rate' }>, now: number) {
  let { tat } = state;
  let at = now;
  return (): number => {
    let next = takePermit(rule, tat, at, at);
    if (next === undefined) {
      at = Math.max(at, nextPermitAt(rule, tat));
      next = takePermit(rule, tat, at, at) ?? tat;
    }
    tat = next;
    return Math.ceil(at);
  };
}

/** One permit comes free every `hold time / limit`, going by how long those before were held. */
function capacityTurns({ holdMs, ...state }: FlowState, rule: FlowRule, now: number) {
  const capacity = capacityOf(rule) ?? 1;
  const free = Math.max(0, capacity - heldIn(state));
  return (turn: number): number | undefined => {
    if (turn < free) return now;
    return holdMs === undefined ? undefined : now + Math.ceil(((turn - free + 1) * holdMs) / capacity);
  };
}

function about(run: string, { claimant: { tenant, workflow, priority } }: Claim) {
  return { run, tenant, workflow, priority };
}

function waitingClaim(run: string, claim: Claim): Waiting {
  return { ...about(run, claim), permits: waitingOf(claim), since: claim.since };
}

function reasonOf(state: FlowState, rule: FlowRule): string {
  switch (rule.kind) {
    case 'concurrency':
      return `${heldIn(state)} of ${rule.limit} in use`;
    case 'rate':
      return `the rate of ${ruleInWords(rule)} is used up`;
    case 'singleton': {
      const holder = [...state.claims].find(([, claim]) => heldBy(claim) > 0)?.[0];
      return holder === undefined ? 'about to begin' : `run ${holder} is at work`;
    }
    case 'debounce':
      return `until it has been quiet for ${rule.seconds} s`;
    case 'batch':
      return `${waitingIn(state).length} of ${rule.size} have come together`;
  }
}

/** Such as "3 at once" or "10 per 60 s". */
export function ruleInWords(rule: FlowRule): string {
  switch (rule.kind) {
    case 'concurrency':
      return `${rule.limit} at once`;
    case 'rate':
      return `${rule.limit} per ${rule.periodSeconds} s${rule.burst === undefined ? '' : `, up to ${rule.burst} together`}`;
    case 'singleton':
      return { wait: 'one at a time', skip: 'one at a time, others are cancelled', cancel: 'only the newest' }[
        rule.mode
      ];
    case 'debounce':
      return `the newest, after ${rule.seconds} s of quiet`;
    case 'batch':
      return `${rule.size} together, or what has come within ${rule.seconds} s`;
  }
}
