import { HOUR_MS } from '../../lambdas/behaviour/calendar.ts';
import { noteDeploy, observe, passTo } from '../../lambdas/behaviour/observe.ts';
import { noBehaviour, type TenantBehaviour } from '../../lambdas/behaviour/state.ts';
import type { BehaviourAlert, Observation } from '../../lambdas/contracts/behaviour.ts';
import { ATTACKS, type Attack, type Ways } from './attacks.ts';
import { type Dice, diceOf } from './dice.ts';
import { type Fleet, fleetOf } from './fleet.ts';
import { lateEvenings, ORDINARY, type Ordinary } from './ordinary.ts';
import { isWeekend, trafficOf } from './traffic.ts';

const DAY = 24;
/** Weeks of ordinary life before anything is judged. */
const LEARNING_DAYS = 28;
/** Some Monday to Sunday in 2026. */
const FIRST_HOUR = Math.floor(Date.UTC(2026, 4, 4) / HOUR_MS);
/** An hour's alert comes when the hour is over, and a day's at the end of its quarter. */
const GRACE_HOURS = 6;
/** How often each attack is tried on a fleet. */
const TRIES = { slow_drift: 1, others: 3 } as const;

/** What came of one scenario, over several fleets. */
export interface Score {
  attacks: number;
  found: number;
  /** Days of subjects in which nothing was wrong, and those with an alert all the same. */
  ordinary: number;
  alarmed: number;
  /** Hours until each attack was told. */
  readonly hours: number[];
}

/** For whoever wants to know why. */
export interface Onlooker {
  alarmed?(alert: BehaviourAlert, scenario: string): void;
  missed?(attack: Attack, scenario: string, ways: Ways): void;
}

/** Learns a fleet for four weeks, then lives on in several ways from there: ordinary weeks, and attacks. */
export function measureFleet(seed: number, number: number, scores: Map<string, Score>, onlooker: Onlooker = {}): void {
  const dice = diceOf(seed).fork(`fleet ${number}`);
  const fleet = fleetOf(dice, `tenant-${number}`);
  const from = FIRST_HOUR + DAY * dice.whole(0, 6);
  const { behaviour, ways } = learned(fleet, dice, from);
  const now = from + LEARNING_DAYS * DAY;
  for (const [name, plan] of Object.entries(ORDINARY)) {
    const own = dice.fork(name);
    const score = scoreOf(scores, name);
    const state = structuredClone(behaviour);
    const life = plan(fleet, own, now);
    const alerts = play(state, life, own, now);
    for (const alert of alerts) onlooker.alarmed?.(alert, name);
    score.ordinary += state.subjects.size * life.days;
    score.alarmed += new Set(
      alerts.map(({ subject_kind, subject, from: at }) => `${subject_kind}#${subject} ${dayOf(at)}`),
    ).size;
  }
  for (const [name, plan] of Object.entries(ATTACKS)) {
    const tries = name === 'slow_drift' ? TRIES.slow_drift : TRIES.others;
    for (let i = 0; i < tries; i++) {
      const own = dice.fork(`${name} ${i}`);
      const begin = now + DAY * own.whole(0, name === 'slow_drift' ? 0 : 3);
      const attack = plan(fleet, ways, own, begin);
      const found = attempt(structuredClone(behaviour), fleet, attack, own, now, scoreOf(scores, name));
      if (!found) onlooker.missed?.(attack, name, ways);
    }
  }
}

const dayOf = (at: number): number => Math.floor(at / HOUR_MS / DAY);

function scoreOf(scores: Map<string, Score>, scenario: string): Score {
  const known = scores.get(scenario) ?? { attacks: 0, found: 0, ordinary: 0, alarmed: 0, hours: [] };
  scores.set(scenario, known);
  return known;
}

function learned(fleet: Fleet, dice: Dice, from: number): { behaviour: TenantBehaviour; ways: Ways } {
  const behaviour = noBehaviour(fleet.tenant);
  const late = lateEvenings(fleet, dice, from, LEARNING_DAYS);
  const seen: Observation[] = [];
  for (let hour = from; hour < from + LEARNING_DAYS * DAY; hour++) {
    const atWork = late.get(hour);
    const messages = trafficOf(fleet, hour, (hour - from) / DAY, dice, atWork ? { atWork } : {});
    observe(behaviour, messages);
    passTo(behaviour, hour + 1);
    if (hour >= from + (LEARNING_DAYS - 14) * DAY) seen.push(...messages);
  }
  return { behaviour, ways: waysOf(seen, 14) };
}

function waysOf(seen: readonly Observation[], days: number): Ways {
  const bySender = Map.groupBy(seen, ({ sender }) => sender);
  const of = <T>(what: (messages: readonly Observation[]) => T): Map<string, T> =>
    new Map([...bySender].map(([sender, messages]) => [sender, what(messages)]));
  return {
    volume: of((messages) => messages.length / days),
    peers: of((messages) => new Set(messages.map(({ receiver }) => receiver))),
    types: of((messages) => [...new Set(messages.map(({ type }) => type))]),
    busiest: of(busiestHour),
  };
}

function busiestHour(messages: readonly Observation[]): number {
  const byHour = new Array<number>(DAY).fill(0);
  for (const { at } of messages) {
    const hour = Math.floor(at / HOUR_MS);
    if (!isWeekend(hour)) byHour[hour % DAY] = (byHour[hour % DAY] ?? 0) + 1;
  }
  return byHour.indexOf(Math.max(...byHour));
}

function play(state: TenantBehaviour, life: Ordinary, dice: Dice, now: number): BehaviourAlert[] {
  const alerts: BehaviourAlert[] = [];
  for (let hour = now; hour < now + life.days * DAY; hour++) {
    const deployed = life.deployedAt?.(hour) ?? [];
    if (deployed.length > 0) noteDeploy(state, deployed, hour * HOUR_MS);
    const day = LEARNING_DAYS + (hour - now) / DAY;
    alerts.push(...observe(state, trafficOf(life.fleetAt(hour), hour, day, dice, life.circumstancesAt(hour))));
    alerts.push(...passTo(state, hour + 1));
  }
  return alerts;
}

/** Found: an alert names one of those who do it, while they do. */
function attempt(state: TenantBehaviour, fleet: Fleet, attack: Attack, dice: Dice, now: number, score: Score): boolean {
  score.attacks += 1;
  for (let hour = now; hour <= attack.until + GRACE_HOURS; hour++) {
    const messages = trafficOf(fleet, hour, LEARNING_DAYS + (hour - now) / DAY, dice);
    const alerts = [...observe(state, attack.twist(messages, hour)), ...passTo(state, hour + 1)];
    const told = alerts.find(({ subject_kind, subject }) => attack.subjects.includes(`${subject_kind}#${subject}`));
    if (hour < attack.from || !told) continue;
    score.found += 1;
    score.hours.push(hour - attack.from);
    return true;
  }
  return false;
}
