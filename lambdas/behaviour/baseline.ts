import type { Feature } from '../contracts/behaviour.ts';
import { PARTS, SLOTS } from './calendar.ts';
import type { Counts } from './counts.ts';
import { type Moments, noMoments } from './moments.ts';

/** An hour, a quarter of a day, a day: what is too little to tell in one may show in the next. */
export type Span = 'hour' | 'quarter' | 'day';

/** Figures whose ordinary spread is learned for each subject by itself. */
export type Gauge = `${'mix' | 'sequence'}_${Span}` | 'burst';

/** One whole day of a subject, beside that of everybody else in its tenant. */
export interface DayCount {
  readonly day: number;
  readonly messages: number;
  readonly others: number;
}

/** What is ordinary for a subject: some kilobytes, whatever it does. */
export interface Baseline {
  /** Hours that were learned from. */
  hours: number;
  /** By hour of the day, for working days and weekends: what was seen in how many visits. */
  readonly messages: number[];
  readonly sessions: number[];
  readonly visits: number[];
  /** The last day or so, against what the slots say: all goes up with growth. */
  readonly recent: { seen: number; expected: number };
  /** By quarter of the day. */
  readonly types: readonly Counts[];
  readonly steps: Counts;
  /** How often a type, or a step, was new. */
  readonly novel: { types: number; steps: number };
  /** The hour in which each was last met. */
  readonly peers: Map<string, number>;
  /** How many new peers in how many days, with how many messages to them. */
  readonly met: { days: number; peers: number; messages: number };
  readonly outcomes: { messages: number; failed: number; refused: number };
  readonly gauges: Readonly<Record<Gauge, Moments>>;
  /** The greatest surprises of the past weeks that were nothing: who surprises often must surprise more. */
  readonly ceilings: Map<Feature, number>;
  days: DayCount[];
}

const zeros = (length: number): number[] => Array.from({ length }, () => 0);

export const noBaseline = (): Baseline => ({
  hours: 0,
  ...{ messages: zeros(SLOTS), sessions: zeros(SLOTS), visits: zeros(SLOTS) },
  recent: { seen: 0, expected: 0 },
  types: Array.from({ length: PARTS }, () => new Map<string, number>()),
  steps: new Map(),
  novel: { types: 0, steps: 0 },
  peers: new Map(),
  met: { days: 0, peers: 0, messages: 0 },
  outcomes: { messages: 0, failed: 0, refused: 0 },
  gauges: {
    mix_hour: noMoments(),
    mix_quarter: noMoments(),
    mix_day: noMoments(),
    sequence_hour: noMoments(),
    sequence_quarter: noMoments(),
    sequence_day: noMoments(),
    burst: noMoments(),
  },
  ceilings: new Map(),
  days: [],
});
