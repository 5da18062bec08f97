import { type Reading, SIGNALS, type Signal } from '../fleet/shapes.ts';
import type { Day } from './parts.ts';

const DAY_MS = 86_400_000;
/** Days that are kept of a vehicle. */
export const KEPT_DAYS = 62;
/** So many days with one and the same value: no sensor of the real world says that. */
const STUCK_DAYS = 5;
/** No vehicle drives farther in a day: a higher odometer has a fault. */
const MOST_KM_PER_DAY = 3_000;
/** Clocks of vehicles may be a little ahead. */
const AHEAD_MS = DAY_MS;

/** What each signal can be at all, in its unit; the ends included. */
const POSSIBLE: Readonly<Record<Signal, readonly [number, number]>> = {
  coolant_temp_c: [-45, 150],
  ambient_temp_c: [-55, 60],
  load_share: [0, 1],
  oil_pressure_kpa: [0, 1_000],
  crank_voltage_v: [3, 16],
  brake_pad_mm: [0, 25],
  wheel_vibration_mm_s: [0, 60],
  gearbox_temp_c: [-45, 200],
};

/** Signals that may rest at one value: nobody brakes, and the load is what it was. */
const MAY_REST: readonly Signal[] = ['load_share', 'brake_pad_mm'];

export const ISSUES = [
  'missing',
  'impossible',
  'stuck',
  'late',
  'too_late',
  'duplicate',
  'contradiction',
  'in_future',
  'odometer_back',
  'odometer_jump',
] as const;
export type Issue = (typeof ISSUES)[number];

export interface Screened {
  /**
   * The vehicle's days after this message as its sensors have told them, oldest first. They are kept like this: what is known of a
   * sensor that sticks must not be forgotten with the next message.
   */
  readonly days: readonly Day[];
  /** The same days as they count: {@link usable}. */
  readonly usable: readonly Day[];
  /** Days of this message that are among them. */
  readonly taken: number;
  /** How often each was the case; what was not is left out. */
  readonly issues: Readonly<Partial<Record<Issue, number>>>;
}

/**
 * Puts readings to the days that a vehicle has, whatever state they are in:
 * a value that is missing, impossible or stuck becomes null; a day that came late goes to its place; one that is older than all
 * that is kept, from the future, or there already is left out, and of two that contradict each other the first stays.
 */
export function screen(known: readonly Day[], readings: readonly Reading[], now: number): Screened {
  const issues: Partial<Record<Issue, number>> = {};
  const note = (issue: Issue): void => {
    issues[issue] = (issues[issue] ?? 0) + 1;
  };
  const days = new Map(known.map((day) => [day.day, day]));
  const present = readings.filter(({ at }) => Date.parse(at) <= now + AHEAD_MS);
  for (let left = readings.length - present.length; left > 0; left -= 1) note('in_future');
  const before = known.at(-1)?.day ?? Number.NEGATIVE_INFINITY;
  const newest = Math.max(before, ...present.map(({ at }) => dayOf(at)));
  let taken = 0;
  for (const reading of present) {
    const day = dayOf(reading.at);
    if (day <= newest - KEPT_DAYS) note('too_late');
    else {
      const clean = possibleOf(reading, day, note);
      const earlier = days.get(day);
      if (earlier) note(sameDay(earlier, clean) ? 'duplicate' : 'contradiction');
      else {
        if (day < before) note('late');
        days.set(day, clean);
        taken += 1;
      }
    }
  }
  const ordered = [...days.values()].sort((a, b) => a.day - b.day).filter(({ day }) => day > newest - KEPT_DAYS);
  const { days: clean, doubts } = believed(ordered);
  const doubted = believed(known).doubts;
  for (const [issue, count] of Object.entries(doubts) as [Doubt, number][])
    if (count > doubted[issue]) issues[issue] = count - doubted[issue];
  return { days: ordered, usable: clean, taken, issues };
}

const dayOf = (at: string): number => Math.floor(Date.parse(at) / DAY_MS);

/** Days as they count: without what only the days beside them show to be wrong. */
export const usable = (days: readonly Day[]): Day[] => believed(days).days;

type Doubt = Extract<Issue, 'stuck' | 'odometer_back' | 'odometer_jump'>;

function believed(days: readonly Day[]): { readonly days: Day[]; readonly doubts: Record<Doubt, number> } {
  const doubts = { stuck: 0, odometer_back: 0, odometer_jump: 0 };
  const note = (doubt: Doubt): void => {
    doubts[doubt] += 1;
  };
  return { days: withoutSteps(withoutStuck(days, note), note), doubts };
}

function possibleOf({ odometer_km, signals }: Reading, day: number, note: (issue: Issue) => void): Day {
  const clean: Partial<Record<Signal, number | null>> = {};
  for (const signal of SIGNALS) {
    const value = signals[signal] ?? null;
    const [low, high] = POSSIBLE[signal];
    if (value === null) note('missing');
    else if (value < low || value > high) note('impossible');
    clean[signal] = value === null || value < low || value > high ? null : value;
  }
  const odometer = odometer_km ?? null;
  return {
    day,
    odometer: odometer !== null && odometer >= 0 && odometer < 3_000_000 ? odometer : null,
    signals: clean,
  };
}

const sameDay = (one: Day, other: Day): boolean =>
  one.odometer === other.odometer &&
  SIGNALS.every((signal) => (one.signals[signal] ?? null) === (other.signals[signal] ?? null));

/** Takes out values that have not moved for days, but the first: that one was measured. */
function withoutStuck(days: readonly Day[], note: (doubt: Doubt) => void): Day[] {
  const stuck = new Map<number, Signal[]>();
  for (const signal of SIGNALS) {
    if (MAY_REST.includes(signal)) continue;
    let run: number[] = [];
    let last: number | null = null;
    const close = (): void => {
      if (run.length >= STUCK_DAYS) for (const at of run.slice(1)) stuck.set(at, [...(stuck.get(at) ?? []), signal]);
    };
    for (const [at, day] of days.entries()) {
      const value = day.signals[signal] ?? null;
      if (value === null) continue;
      if (value === last) run.push(at);
      else {
        close();
        run = [at];
      }
      last = value;
    }
    close();
  }
  return days.map((day, at) => {
    const out = stuck.get(at);
    if (!out) return day;
    for (const _ of out) note('stuck');
    return { ...day, signals: { ...day.signals, ...Object.fromEntries(out.map((signal) => [signal, null])) } };
  });
}

/** An odometer only goes on, and no farther than one can drive. */
function withoutSteps(days: readonly Day[], note: (doubt: Doubt) => void): Day[] {
  let last: { readonly day: number; readonly odometer: number } | undefined;
  return days.map((one) => {
    const { day, odometer } = one;
    if (odometer === null) return one;
    const doubt = last && doubtOf(odometer - last.odometer, day - last.day);
    if (doubt === undefined) {
      last = { day, odometer };
      return one;
    }
    note(doubt);
    return { ...one, odometer: null };
  });
}

function doubtOf(km: number, days: number): Doubt | undefined {
  if (km < 0) return 'odometer_back';
  return km > days * MOST_KM_PER_DAY ? 'odometer_jump' : undefined;
}
