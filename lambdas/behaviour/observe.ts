import type { BehaviourAlert, Finding, Observation, SubjectKind } from '../contracts/behaviour.ts';
import { alertOf } from './alert.ts';
import type { Span } from './baseline.ts';
import { DAY_HOURS, dayOf, hourOf, PARTS } from './calendar.ts';
import { judgeDrift } from './features/drift.ts';
import { judgeFailure } from './features/failure.ts';
import { judgeHours } from './features/hours.ts';
import type { Case, Judge } from './features/judge.ts';
import { judgeMix } from './features/mix.ts';
import { judgePeers, strangersOf } from './features/peers.ts';
import { judgeSequence } from './features/sequence.ts';
import { judgeVolume, LEARNED_HOURS } from './features/volume.ts';
import { forgetHabits, learnDay, learnHour, learnSpan } from './learn.ts';
import { ALERT, PRESSURE, pressureAfter, scoreOf } from './score.ts';
import { newSubject, type Subject, type TenantBehaviour } from './state.ts';
import { type Part, subjectKey, subjectsOf } from './subjects.ts';
import { mergeTally, noTally, type Tally, tallyMessage } from './tally.ts';

/** Features of whole hours; of quarters and days; and those that only grow while an hour is open. */
const HOURLY: Readonly<Record<SubjectKind, readonly Judge[]>> = {
  agent: [judgeVolume, judgeHours, judgePeers, judgeMix, judgeSequence, judgeFailure],
  user: [judgeVolume, judgeHours, judgePeers, judgeMix, judgeSequence, judgeFailure],
  tenant: [judgeVolume, judgeHours, judgePeers, judgeMix, judgeFailure],
};
const LONGER: Readonly<Record<SubjectKind, readonly Judge[]>> = {
  agent: [judgeMix, judgeSequence],
  user: [judgeMix, judgeSequence],
  tenant: [judgeMix],
};
const EARLY: readonly Judge[] = [judgeVolume, judgeHours, judgePeers, judgeFailure];
/** An hour that is still open is judged more than once, so it must be rarer. */
const EARLY_ALERT = ALERT + 1;
const EARLY_FROM = { messages: 16, refused: 8 } as const;
/** After a deploy, an agent's ways may be new for so long; types that came with it are new to all for longer. */
const CHANGED_HOURS = 24;
const YOUNG_HOURS = 72;
/** What stays out of the ordinary for so many hours is the new ordinary. */
const ACCUSTOMED = 48;
/** Hours without a message that are looked at one by one. */
const MOST_GAP = 14 * DAY_HOURS;
const NO_TALLY = noTally();
const QUARTER = DAY_HOURS / PARTS;

/** Is told of each message of an agent to somebody that it has never spoken to. */
export type OnStranger = (agent: string, peer: string) => void;

/**
 * Takes in messages of one tenant, in order as far as they are in order, and answers who behaves out of the ordinary. A
 * message that comes late counts for the hour that is open. Same messages, same answer: it asks no clock.
 */
export function observe(
  behaviour: TenantBehaviour,
  observations: readonly Observation[],
  onStranger?: OnStranger,
): BehaviourAlert[] {
  const alerts: BehaviourAlert[] = [];
  for (const observation of observations) {
    alerts.push(...passTo(behaviour, hourOf(observation.at)));
    const hour = behaviour.hour ?? hourOf(observation.at);
    const { type } = observation;
    if (!behaviour.types.has(type)) behaviour.types.set(type, hour);
    for (const part of subjectsOf(observation)) {
      const subject = subjectOf(behaviour, part);
      if (onStranger && isStranger(behaviour, subject, part, hour)) onStranger(part.name, part.peer ?? '');
      if (!tally(subject, part, observation, hour)) continue;
      const alert = lookEarly(behaviour, subject, hour);
      if (alert) alerts.push(alert);
    }
  }
  return alerts;
}

/** Time has come to this hour: those before it are over, whether anything happened in them or not. */
export function passTo(behaviour: TenantBehaviour, hour: number): BehaviourAlert[] {
  behaviour.hour ??= hour;
  if (hour - behaviour.hour > MOST_GAP) behaviour.hour = hour - MOST_GAP;
  const alerts: BehaviourAlert[] = [];
  while (behaviour.hour < hour) {
    alerts.push(...closeHour(behaviour, behaviour.hour));
    behaviour.hour += 1;
  }
  return alerts;
}

/** These agents, or workflows that they take part in, have been deployed anew: their ways may change now. */
export function noteDeploy(behaviour: TenantBehaviour, agents: readonly string[], at: number): void {
  for (const agent of agents) {
    behaviour.deployed.set(agent, hourOf(at));
    const subject = behaviour.subjects.get(subjectKey({ kind: 'agent', name: agent }));
    if (subject) forgetHabits(subject.baseline);
  }
}

/** One message is enough: an agent speaks to somebody that it has never spoken to, and that was not deployed just now. */
function isStranger(
  { deployed }: TenantBehaviour,
  subject: Subject,
  { kind, name, peer }: Part,
  hour: number,
): boolean {
  const { baseline } = subject;
  if (kind !== 'agent' || peer === undefined || baseline.hours < LEARNED_HOURS || baseline.peers.has(peer))
    return false;
  const since = (agent: string): number => hour - (deployed.get(agent) ?? Number.NEGATIVE_INFINITY);
  return since(name) > CHANGED_HOURS && since(peer) > YOUNG_HOURS;
}

function subjectOf({ subjects }: TenantBehaviour, part: Part): Subject {
  const key = subjectKey(part);
  const known = subjects.get(key) ?? newSubject(part.kind, part.name);
  subjects.set(key, known);
  return known;
}

/** True when the open hour has come to a number at which it is worth a look. */
function tally(subject: Subject, { peer }: Part, observation: Observation, hour: number): boolean {
  const { action, correlation_id: correlation, type, outcome } = observation;
  const { hour: open, threads } = subject;
  if (action === 'consumed') {
    if (outcome !== 'refused') return false;
    open.refused += 1;
    return open.refused >= EARLY_FROM.refused && isPowerOfTwo(open.refused);
  }
  tallyMessage(open, threads, { correlation, type, peer, failed: outcome === 'failed' }, hour);
  return open.messages >= EARLY_FROM.messages && isPowerOfTwo(open.messages);
}

const isPowerOfTwo = (n: number): boolean => (n & (n - 1)) === 0;

function caseOf(behaviour: TenantBehaviour, subject: Subject, hour: number, span: Span, of: Tally): Case {
  const { deployed, types, subjects, tenant: name } = behaviour;
  const whole = subjects.get(subjectKey({ kind: 'tenant', name }));
  const since = (agent: string): number => hour - (deployed.get(agent) ?? Number.NEGATIVE_INFINITY);
  const fresh = [...deployed.keys()].filter((agent) => since(agent) <= YOUNG_HOURS);
  const earliest = Math.min(...fresh.map((agent) => deployed.get(agent) ?? hour));
  const newTypes = fresh.length === 0 ? [] : [...types].filter(([, first]) => first >= earliest).map(([type]) => type);
  const tenant = whole?.[span] ?? NO_TALLY;
  return {
    ...{ kind: subject.kind, tally: of, baseline: subject.baseline, hour, span, tenant, metToday: subject.metToday },
    young: new Set([...fresh, ...newTypes, ...pairsOf(fresh, of)]),
    changed: subject.kind === 'agent' && since(subject.name) <= CHANGED_HOURS,
  };
}

/** A tenant's peers are pairs: those with somebody new are new as well. */
function pairsOf(fresh: readonly string[], { peers }: Tally): string[] {
  if (fresh.length === 0) return [];
  return [...peers.keys()].filter((pair) => pair.split(' → ').some((one) => fresh.includes(one)));
}

const judged = (judges: readonly Judge[], of: Case): Finding[] =>
  judges.map((judge) => judge(of)).filter((finding) => finding !== undefined);

/** What is plain before the hour is over is told at once, and once. */
function lookEarly(behaviour: TenantBehaviour, subject: Subject, hour: number): BehaviourAlert | undefined {
  if (subject.baseline.hours < LEARNED_HOURS || subject.alarm.hour === hour) return undefined;
  const found = judged(EARLY, caseOf(behaviour, subject, hour, 'hour', subject.hour));
  const { score, findings } = scoreOf(found, subject.baseline);
  if (score < EARLY_ALERT) return undefined;
  subject.alarm = { hour, hours: subject.alarm.hours + 1 };
  return alertOf(behaviour.tenant, subject, hour, score, findings);
}

function closeHour(behaviour: TenantBehaviour, hour: number): BehaviourAlert[] {
  const alerts: BehaviourAlert[] = [];
  const subjects = [...behaviour.subjects.values()];
  const tallies = new Map(subjects.map((subject) => [subject, caseOf(behaviour, subject, hour, 'hour', subject.hour)]));
  const dayBefore = behaviour.subjects.get(subjectKey({ kind: 'tenant', name: behaviour.tenant }))?.day.messages ?? 0;
  const dayOfAll = dayBefore + (behaviour.subjects.get(`tenant#${behaviour.tenant}`)?.hour.messages ?? 0);
  for (const [subject, of] of tallies) {
    const alert = closeSubject(behaviour, subject, of, dayOfAll);
    if (alert) alerts.push(alert);
  }
  for (const subject of subjects) {
    subject.hour = noTally();
    if (isLastOf(hour, QUARTER)) subject.quarter = noTally();
    if (isLastOf(hour, DAY_HOURS)) subject.day = noTally();
  }
  return alerts;
}

const isLastOf = (hour: number, hours: number): boolean => hour % hours === hours - 1;

function closeSubject(
  behaviour: TenantBehaviour,
  subject: Subject,
  of: Case,
  dayOfAll: number,
): BehaviourAlert | undefined {
  const { baseline } = subject;
  const { hour } = of;
  mergeTally(subject.quarter, subject.hour);
  mergeTally(subject.day, subject.hour);
  const longer: Case[] = [
    ...(isLastOf(hour, QUARTER) ? [{ ...of, span: 'quarter' as const, tally: subject.quarter }] : []),
    ...(isLastOf(hour, DAY_HOURS) ? [{ ...of, span: 'day' as const, tally: subject.day }] : []),
  ];
  const found = [...judged(HOURLY[subject.kind], of), ...longer.flatMap((span) => judged(LONGER[subject.kind], span))];
  const drift = isLastOf(hour, DAY_HOURS) ? judgeDrift(baseline) : undefined;
  if (drift) found.push(drift);
  const { score, findings } = scoreOf(strongestOf(found), baseline);
  const grown = baseline.hours >= LEARNED_HOURS;
  subject.pressure = grown ? pressureAfter(subject.pressure, score) : 0;
  const isOdd = grown && (score >= ALERT || subject.pressure >= PRESSURE.most);
  const wasTold = subject.alarm.hour === hour;
  const alert =
    isOdd && !wasTold ? alertOf(behaviour.tenant, subject, hour, Math.max(score, ALERT), findings) : undefined;
  if (isOdd && !wasTold) subject.alarm = { hour, hours: subject.alarm.hours + 1 };
  if (isOdd) subject.pressure = 0;
  for (const peer of grown ? strangersOf(of) : [])
    subject.metToday.set(peer, (subject.metToday.get(peer) ?? 0) + (of.tally.peers.get(peer) ?? 0));
  const alarmed = isOdd || wasTold;
  if (!alarmed || subject.alarm.hours > ACCUSTOMED) {
    for (const span of longer) learnSpan(span);
    learnHour(of, found);
    if (!alarmed) subject.alarm = { ...subject.alarm, hours: Math.max(0, subject.alarm.hours - 0.1) };
  }
  if (isLastOf(hour, DAY_HOURS)) {
    const messages = subject.day.messages;
    learnDay(of, { day: dayOf(hour), messages, others: dayOfAll - messages });
    subject.metToday = new Map();
  }
  return alert;
}

/** An hour and its day may say the same thing: it counts once. */
function strongestOf(findings: readonly Finding[]): Finding[] {
  const byFeature = Map.groupBy(findings, ({ feature }) => feature);
  return [...byFeature.values()].map((same) => same.reduce((a, b) => (b.surprise > a.surprise ? b : a)));
}
