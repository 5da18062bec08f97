import type { Finding } from '../contracts/behaviour.ts';
import type { DayCount } from './baseline.ts';
import { partOf, slotOf } from './calendar.ts';
import { addAll, type Counts, fade } from './counts.ts';
import { expectedIn, usualMessages } from './expected.ts';
import type { Case } from './features/judge.ts';
import { mixOf } from './features/mix.ts';
import { sequenceOf } from './features/sequence.ts';
import { LEARNED_HOURS } from './features/volume.ts';
import { learnValue } from './moments.ts';

/** What was seen in a slot counts for so much less at each visit: half after some three weeks of working days. */
const VISIT = 0.96;
/** The recent level is that of about a day. */
const RECENT = 0.97;
/** Habits fade by half in about four weeks. */
const DAY = 0.976;
/** What is learned of the time after a deploy counts for more: old ways are gone. */
const AFTER_DEPLOY = 6;
/** What old habits count for once new code is there. */
const OLD_WAYS = 0.1;
/** Ceilings come down by half in about two weeks. */
const CEILING_HOUR = 0.998;
/** Gauges mean nothing before habits do. */
const GAUGED_HOURS = 48;
/** Sessions from which an hour says how unevenly they come. */
const BURST_SESSIONS = 2;
const MOST = { types: 100, steps: 400, peers: 400, days: 42 } as const;
/** A peer that was not met for so long is a stranger again. */
const PEER_HOURS = 60 * 24;

/** Makes an hour part of what is ordinary. */
export function learnHour(of: Case, findings: readonly Finding[]): void {
  const { tally, baseline, hour } = of;
  const slot = slotOf(hour);
  learnGauges(of);
  learnBurst(of);
  baseline.recent.seen = RECENT * baseline.recent.seen + tally.messages;
  baseline.recent.expected = RECENT * baseline.recent.expected + usualMessages(baseline, hour);
  baseline.messages[slot] = VISIT * (baseline.messages[slot] ?? 0) + tally.messages;
  baseline.sessions[slot] = VISIT * (baseline.sessions[slot] ?? 0) + tally.sessions;
  baseline.visits[slot] = VISIT * (baseline.visits[slot] ?? 0) + 1;
  learnHabits(of);
  for (const [feature, ceiling] of baseline.ceilings) baseline.ceilings.set(feature, CEILING_HOUR * ceiling);
  for (const { feature, surprise } of findings)
    baseline.ceilings.set(feature, Math.max(surprise, baseline.ceilings.get(feature) ?? 0));
  baseline.hours += 1;
}

function learnGauges(of: Case): void {
  const { baseline, span, changed } = of;
  if (baseline.hours < GAUGED_HOURS || changed) return;
  const mix = mixOf(of);
  if (mix) learnValue(baseline.gauges[`mix_${span}`], mix.distance);
  const sequence = sequenceOf(of);
  if (sequence) learnValue(baseline.gauges[`sequence_${span}`], sequence.distance);
}

/** What was seen of a longer span: its parts are habits already. */
export const learnSpan = learnGauges;

function learnBurst({ tally, baseline, hour }: Case): void {
  if (baseline.hours < LEARNED_HOURS / 2) return;
  const { messages, perSession } = expectedIn(baseline, hour);
  const mean = messages / perSession;
  if (mean < BURST_SESSIONS) return;
  const off = tally.messages / perSession - mean;
  learnValue(baseline.gauges.burst, (off * off - mean) / (mean * mean));
}

function learnHabits({ tally, baseline, hour, changed }: Case): void {
  const weight = changed ? AFTER_DEPLOY : 1;
  const part = baseline.types[partOf(hour)];
  baseline.novel.types += strange(tally.types, (type) => baseline.types.some((counts) => counts.has(type)));
  baseline.novel.steps += strange(tally.steps, (step) => baseline.steps.has(step));
  if (part) addAll(part, tally.types, weight);
  addAll(baseline.steps, tally.steps, weight);
  for (const peer of tally.peers.keys()) baseline.peers.set(peer, hour);
  baseline.outcomes.messages += tally.messages;
  baseline.outcomes.failed += tally.failed;
  baseline.outcomes.refused += tally.refused;
}

const strange = (seen: Counts, isKnown: (name: string) => boolean): number =>
  [...seen.keys()].filter((name) => !isKnown(name)).length;

/** Ends a day: habits fade, and it takes its place beside the others. */
export function learnDay({ baseline, hour, metToday }: Case, count: DayCount): void {
  for (const part of baseline.types) fade(part, DAY, MOST.types);
  fade(baseline.steps, DAY, MOST.steps);
  baseline.novel.types *= DAY;
  baseline.novel.steps *= DAY;
  const { outcomes, met, peers } = baseline;
  outcomes.messages *= DAY;
  outcomes.failed *= DAY;
  outcomes.refused *= DAY;
  if (baseline.hours > LEARNED_HOURS) {
    met.days = DAY * met.days + 1;
    met.peers = DAY * met.peers + metToday.size;
    met.messages = DAY * met.messages + [...metToday.values()].reduce((sum, messages) => sum + messages, 0);
  }
  for (const [peer, last] of peers) if (hour - last > PEER_HOURS) peers.delete(peer);
  if (peers.size > MOST.peers) {
    const oldest = [...peers].sort(([, a], [, b]) => a - b).slice(0, peers.size - MOST.peers);
    for (const [peer] of oldest) peers.delete(peer);
  }
  baseline.days = [...baseline.days, count].slice(-MOST.days);
}

/** Code that was deployed anew has new habits: the old ones count for less from here on. */
export function forgetHabits({ types, steps }: { types: readonly Counts[]; steps: Counts }): void {
  for (const part of types) fade(part, OLD_WAYS, MOST.types);
  fade(steps, OLD_WAYS, MOST.steps);
}
