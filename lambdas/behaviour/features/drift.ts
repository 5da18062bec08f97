import type { Finding } from '../../contracts/behaviour.ts';
import type { Baseline, DayCount } from '../baseline.ts';
import { normalSurprise } from '../tails.ts';

/** Weeks are compared as wholes: each has the same days. */
const WEEK = 7;
/** Days that the earliest and the latest week are apart, at least. */
const APART = 7;
/** How much its share of the tenant's messages must have grown: less is how work moves between agents all the time. */
const GROWN = 1.6;
/** Fewer messages a day are no share of anything. */
const LEAST_PER_DAY = 20;
const LEAST_SPREAD = 0.05;
/** Days with fewer messages say nothing of how much shares differ; where there are few others, that is taken for this. */
const LEAST_KNOWN = 5;
const UNKNOWN_SPREAD = 0.4;
/** Shares wander, so much a week as a standard deviation of the logarithm. */
const WANDER = 0.1;
/** It is looked at once a day, not in every hour: it need not be as rare to be told. */
const ONCE_A_DAY = 1.35;

/**
 * Little more every day than the day before, until it is much: what every single day is too small to show. Its share of
 * what all do is looked at, so that growth of all is none. Once a day.
 */
export function judgeDrift({ days }: Baseline): Finding | undefined {
  if (days.length < 2 * WEEK + APART) return undefined;
  const now = weekOf(days, days.length);
  const perDay = now.messages / WEEK;
  if (perDay < LEAST_PER_DAY) return undefined;
  const today = shareOf(now);
  const spread = Math.max(LEAST_SPREAD, restlessness(days));
  let worst = { surprise: 0, was: today, days: 0 };
  for (let end = days.length - WEEK - APART; end >= WEEK; end -= WEEK) {
    const before = weekOf(days, end);
    const was = shareOf(before);
    if (before.messages === 0 || today - was < Math.log(GROWN)) continue;
    const weeks = (days.length - end) / WEEK;
    const deviation = Math.sqrt((2 / WEEK) * spread * spread + weeks * WANDER * WANDER);
    const surprise = ONCE_A_DAY * normalSurprise((today - was) / deviation);
    if (surprise > worst.surprise) worst = { surprise, was, days: days.length - end };
  }
  if (worst.surprise === 0) return undefined;
  const grown = Math.exp(today - worst.was);
  const why = `its share of all messages has grown ${grown.toFixed(1)}-fold in ${worst.days} days, a little every day`;
  return { feature: 'drift', span: 'weeks', surprise: worst.surprise, expected: perDay / grown, seen: perDay, why };
}

type Counted = Pick<DayCount, 'messages' | 'others'>;

const shareOf = ({ messages, others }: Counted): number => Math.log((messages + 1) / (others + 1));

/** The seven days before this one, together. */
function weekOf(days: readonly DayCount[], end: number): Counted {
  const week = days.slice(end - WEEK, end);
  const sum = (of: (day: DayCount) => number): number => week.reduce((total, day) => total + of(day), 0);
  return { messages: sum(({ messages }) => messages), others: sum(({ others }) => others) };
}

/** How much the share of a day differs from that a week before, by the median: a few odd days do not count. */
function restlessness(days: readonly DayCount[]): number {
  const steps = days.slice(WEEK).flatMap((day, i) => {
    const before = days[i];
    return before && Math.min(before.messages, day.messages) >= LEAST_KNOWN ? [shareOf(day) - shareOf(before)] : [];
  });
  if (steps.length < WEEK) return UNKNOWN_SPREAD;
  const middle = median(steps);
  return (1.4826 * median(steps.map((step) => Math.abs(step - middle)))) / Math.SQRT2;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
