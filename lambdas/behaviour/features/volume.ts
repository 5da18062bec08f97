import type { Baseline } from '../baseline.ts';
import { expectedIn } from '../expected.ts';
import { countSurprise } from '../tails.ts';
import { type Judge, spoken } from './judge.ts';

/** How unevenly sessions come, as the variance beyond chance over the square of the mean: learned, within these. */
const BURST = { least: 0.04, unknown: 0.3, most: 1.5 } as const;
/** Values from which the spread is believed, and a margin on it: real traffic has a heavier tail than the model. */
const BELIEVED = 24;
const MARGIN = 1.4;

/** Days of hours before volume and hours are judged: every slot should have been visited. */
export const LEARNED_HOURS = 7 * 24;

/** Far more than at this time of the day, growth included. Counted in sessions' worth, for messages come in bundles. */
export const judgeVolume: Judge = ({ tally, baseline, hour, span }) => {
  if (span !== 'hour' || tally.messages === 0 || baseline.hours < LEARNED_HOURS) return undefined;
  const expected = expectedIn(baseline, hour);
  const shape = 1 / (burstOf(baseline) + 1 / (expected.known + 0.5));
  const surprise = countSurprise(
    tally.messages / expected.perSession,
    Math.max(1, expected.messages / expected.perSession),
    shape,
  );
  if (surprise === 0) return undefined;
  const why = `${tally.messages} messages in an hour in which it usually sends ${spoken(expected.messages)}`;
  return { feature: 'volume', span, surprise, expected: expected.messages, seen: tally.messages, why };
};

export function burstOf({ gauges: { burst } }: Baseline): number {
  if (burst.n < BELIEVED) return BURST.unknown;
  return Math.min(BURST.most, Math.max(BURST.least, MARGIN * burst.mean));
}
