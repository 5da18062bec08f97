import type { Baseline } from '../baseline.ts';
import { partOf } from '../calendar.ts';
import { type Counts, total } from '../counts.ts';
import { standing } from '../moments.ts';
import { normalSurprise } from '../tails.ts';
import { type Case, type Judge, spoken } from './judge.ts';

/** Fewer messages say nothing of their mix. */
const LEAST_MESSAGES = { hour: 12, quarter: 12, day: 20 } as const;
/** Values of the gauge from which its spread is believed. */
const BELIEVED = { hour: 40, quarter: 20, day: 10 } as const;
/** The whole day's shares count as so many messages of the quarter. */
const WHOLE_DAY = 20;
/** People take to something new by themselves: what is known in their tenant is at least so likely for each of them. */
const CURIOSITY = 0.2;
/** So much of all messages must be of other types than usual to count in full: with many messages, every trifle shows. */
const MATTERS = { agent: 0.15, tenant: 0.15, user: 0.35 } as const;
/** The spread is taken for at least this, and tails for heavier than normal by this. */
const LEAST_SPREAD = 0.12;
const HEAVY = 0.8;

/** Other kinds of messages, or the same ones in other shares. */
export const judgeMix: Judge = (of) => {
  const { baseline, span, changed } = of;
  const gauge = baseline.gauges[`mix_${span}`];
  const measured = mixOf(of);
  if (changed || !measured || gauge.n < BELIEVED[span]) return undefined;
  const effect = Math.min(1, measured.moved / MATTERS[of.kind]);
  const surprise = effect * normalSurprise(HEAVY * standing(gauge, measured.distance, LEAST_SPREAD));
  if (surprise === 0) return undefined;
  const { type, seen, expected } = measured.most;
  const why = `another mix of messages than usual: ${spoken(100 * seen)} % ${type}, where ${spoken(100 * expected)} % is usual`;
  return { feature: 'mix', span, surprise, expected, seen, why };
};

/**
 * How far a mix is from the usual one: the cube root of G over its degrees of freedom, which is close to normal.
 * Undefined: too few messages to tell.
 */
export function mixOf({ kind, tally, baseline, hour, span, young }: Case) {
  const seen = [...tally.types].filter(([type]) => !young.has(type));
  const messages = seen.reduce((sum, [, times]) => sum + times, 0);
  if (messages < LEAST_MESSAGES[span]) return undefined;
  const usual = usualShares(baseline, young, span === 'day' ? undefined : hour);
  let g = 0;
  let most = { type: '', seen: 0, expected: 0, off: -1 };
  let moved = 0;
  for (const [type, times] of seen) {
    const expected = Math.max(usual(type), kind === 'user' ? CURIOSITY : 0);
    g += 2 * times * Math.log(times / (messages * expected));
    const off = Math.abs(times / messages - expected);
    moved += Math.max(0, times / messages - expected);
    if (off > most.off) most = { type, seen: times / messages, expected, off };
  }
  const degrees = Math.max(1, new Set([...seen.map(([type]) => type), ...frequent(baseline)]).size - 1);
  return { distance: Math.cbrt(Math.max(0, g) / degrees), most, moved };
}

/** Shares of types at this time of the day, leaning on those of the whole day; never 0. Young types are not among them. */
function usualShares(
  { types, novel }: Baseline,
  young: ReadonlySet<string>,
  hour: number | undefined,
): (type: string) => number {
  const without = (counts: Counts): number =>
    [...young].reduce((sum, type) => sum - (counts.get(type) ?? 0), total(counts));
  const whole = types.reduce((sum, part) => sum + without(part), 0);
  const part: Counts | undefined = hour === undefined ? undefined : types[partOf(hour)];
  const partTotal = part ? without(part) : 0;
  const strange = novel.types + 0.5;
  return (type) => {
    const all = types.reduce((sum, counts) => sum + (counts.get(type) ?? 0), 0);
    const known = all > 0 ? all : strange;
    const share = known / (whole + strange);
    return part ? ((part.get(type) ?? 0) + WHOLE_DAY * share) / (partTotal + WHOLE_DAY) : share;
  };
}

function frequent({ types }: Baseline): string[] {
  const whole = types.reduce((sum, part) => sum + total(part), 0);
  return [...new Set(types.flatMap((part) => [...part].filter(([, n]) => n > whole / 200).map(([type]) => type)))];
}
