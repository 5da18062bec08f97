import { mean, median, sampleStandardDeviation } from 'simple-statistics';
import { PARTS, type Part } from '../fleet/shapes.ts';
import { type Day, PART_PHYSICS, wearShown } from './parts.ts';

/** Days of the long and the short look back. */
const LONG = 21;
const SHORT = 5;

/** What the models know of a part of a vehicle, in this order. */
export const FEATURES = [
  'part',
  'wear_now',
  'wear_short',
  'wear_long',
  'wear_most',
  'trend_short',
  'trend_long',
  'bend',
  'noise',
  'days_to_limit',
  'km_per_day',
  'load',
  'ambient',
  'known',
] as const;
export type FeatureName = (typeof FEATURES)[number];

/** In words, for those whom a prediction is explained to. */
export const FEATURE_WORDS: Readonly<Record<FeatureName, string>> = {
  part: 'what part it is',
  wear_now: 'the latest value',
  wear_short: `the last ${SHORT} days`,
  wear_long: `the last ${LONG} days`,
  wear_most: 'the worst day',
  trend_short: `the trend of ${SHORT} days`,
  trend_long: `the trend of ${LONG} days`,
  bend: 'that the trend grows',
  noise: 'how much it varies',
  days_to_limit: 'when the trend meets the limit',
  km_per_day: 'how much it drives',
  load: 'the load that it carries',
  ambient: 'the weather',
  known: 'how many values are there',
};

/** The farthest that is looked ahead, days. */
export const HORIZON_DAYS = 60;

export interface PartFeatures {
  readonly part: Part;
  /** By {@link FEATURES}; NaN: unknown. */
  readonly row: readonly number[];
  /** Share of the last days on which the part's signal was there. */
  readonly known: number;
  /** Wear of the last days, and per day: what the physical rules go by; NaN: unknown. */
  readonly wear: number;
  readonly perDay: number;
}

/** What is known of one part after the last of these days. @param days oldest first */
export function partFeatures(part: Part, days: readonly Day[]): PartFeatures {
  const last = days.at(-1)?.day ?? 0;
  const recent = days.filter(({ day }) => day > last - LONG);
  const shown = recent.flatMap((day): Point[] => {
    const wear = wearShown(part, day);
    return wear === undefined ? [] : [[day.day - last, wear]];
  });
  const latest = shown.filter(([day]) => day > -SHORT);
  const wears = (points: readonly Point[]): number[] => points.map(([, wear]) => wear);
  const some = (points: readonly Point[], of: (values: number[]) => number): number =>
    points.length === 0 ? Number.NaN : of(wears(points));
  const trendLong = trendOf(shown);
  const half = shown.filter(([day]) => day <= -LONG / 2);
  const wear = some(latest, median);
  const known = recent.length === 0 ? 0 : shown.length / LONG;
  const values: Record<FeatureName, number> = {
    part: PARTS.indexOf(part),
    wear_now: shown.at(-1)?.[1] ?? Number.NaN,
    wear_short: wear,
    wear_long: some(shown, mean),
    wear_most: some(latest, (all) => Math.max(...all)),
    trend_short: trendOf(latest),
    trend_long: trendLong,
    bend: trendOf(shown.filter(([day]) => day > -LONG / 2)) - trendOf(half),
    noise: shown.length < 3 ? Number.NaN : sampleStandardDeviation(wears(shown)),
    days_to_limit: daysToLimit(wear, trendLong),
    km_per_day: kmPerDay(recent),
    load: meanOf(recent, 'load_share'),
    ambient: meanOf(recent, 'ambient_temp_c'),
    known,
  };
  return { part, row: FEATURES.map((name) => values[name]), known: Math.min(1, known), wear, perDay: trendLong };
}

type Point = readonly [day: number, wear: number];

/** Per day: the median of the slopes of all pairs (Theil 1950, Sen 1968), which single wild values do not move. */
export function trendOf(points: readonly Point[]): number {
  if (points.length < 3) return Number.NaN;
  const slopes: number[] = [];
  for (const [at, [day, wear]] of points.entries())
    for (const [earlier, before] of points.slice(0, at)) slopes.push((wear - before) / (day - earlier));
  return median(slopes);
}

/** At this trend; at most {@link HORIZON_DAYS}. */
export function daysToLimit(wear: number, perDay: number): number {
  if (Number.isNaN(wear)) return Number.NaN;
  if (wear >= 1) return 0;
  return perDay > 1e-4 ? Math.min(HORIZON_DAYS, (1 - wear) / perDay) : HORIZON_DAYS;
}

function kmPerDay(days: readonly Day[]): number {
  const known = days.filter(({ odometer }) => odometer !== null);
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last || last.day === first.day) return Number.NaN;
  return ((last.odometer ?? 0) - (first.odometer ?? 0)) / (last.day - first.day);
}

function meanOf(days: readonly Day[], signal: 'load_share' | 'ambient_temp_c'): number {
  const known = days.flatMap(({ signals }) => signals[signal] ?? []);
  return known.length === 0 ? Number.NaN : mean(known);
}

/** The signal behind a feature, with its unit. */
export const signalOf = (part: Part): string => PART_PHYSICS[part].signal;
