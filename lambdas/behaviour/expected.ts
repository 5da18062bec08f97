import type { Baseline } from './baseline.ts';
import { DAY_HOURS, slotOf } from './calendar.ts';

/** What an hour should bring. */
export interface Expected {
  readonly messages: number;
  readonly sessions: number;
  /** Of the hour's rate, in sessions: how much is known of it. */
  readonly known: number;
  /** Messages per session. */
  readonly perSession: number;
}

/** Hours on either side from which one is guessed, and how quickly they lose weight. */
const NEAR = 6;
const REACH_HOURS = 1.3;
const WEIGHTS = Array.from({ length: NEAR }, (_, i) => Math.exp(-(i + 1) / REACH_HOURS));
const WHOLE = 2 * WEIGHTS.reduce((sum, weight) => sum + weight, 0);
/** The neighbours count as so many visits of the hour itself. */
const NEIGHBOURS = 1;
/** Sessions that an hour without any is taken to have had. */
const TRACE = 0.05;
/** Growth is followed so far within a day; the rest the slots learn. A lull is not: what comes after is ordinary. */
const LEVEL = { least: 0.85, most: 3 } as const;
/** Sessions' worth of the past that steady the recent level. */
const STEADY = 20;

/** What is to be expected of a subject in this hour, from what was seen at this time of day, and lately. */
export function expectedIn(baseline: Baseline, hour: number): Expected {
  const slot = slotOf(hour);
  const { sessions, messages, visits } = baseline;
  const perSession = Math.max(1, sum(messages) / Math.max(1, sum(sessions)));
  const known = (sessions[slot] ?? 0) + NEIGHBOURS * near(sessions, visits, slot) + TRACE;
  const level = levelOf(baseline);
  const weight = (visits[slot] ?? 0) + NEIGHBOURS;
  const messageRate = ((messages[slot] ?? 0) + NEIGHBOURS * near(messages, visits, slot) + TRACE) / weight;
  return { messages: messageRate * level, sessions: (known / weight) * level, known, perSession };
}

/** By the slots alone, without the recent level. */
export function usualMessages({ messages, visits }: Baseline, hour: number): number {
  const slot = slotOf(hour);
  return (messages[slot] ?? 0) / Math.max(1, visits[slot] ?? 0);
}

function levelOf({ recent, messages, sessions }: Baseline): number {
  const steady = (STEADY * sum(messages)) / Math.max(1, sum(sessions));
  const level = (recent.seen + steady) / (recent.expected + steady);
  return Math.min(LEVEL.most, Math.max(LEVEL.least, level));
}

/** The rate of the hours around, on the same kind of day. */
function near(seen: readonly number[], visits: readonly number[], slot: number): number {
  const day = slot - (slot % DAY_HOURS);
  const rate = (hour: number): number => {
    const at = day + ((hour + DAY_HOURS) % DAY_HOURS);
    return (seen[at] ?? 0) / Math.max(1, visits[at] ?? 0);
  };
  const around = WEIGHTS.map(
    (weight, i) => weight * (rate((slot % DAY_HOURS) - i - 1) + rate((slot % DAY_HOURS) + i + 1)),
  );
  return sum(around) / WHOLE;
}

function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
