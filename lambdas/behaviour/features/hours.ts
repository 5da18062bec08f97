import { DAY_HOURS } from '../calendar.ts';
import { expectedIn } from '../expected.ts';
import { countSurprise } from '../tails.ts';
import { type Judge, spoken } from './judge.ts';
import { LEARNED_HOURS } from './volume.ts';

/** An hour with at least so many sessions is one of its hours: what is too many there is a matter of volume. */
const OWN_HOUR = 0.7;

/** At work when it never is. */
export const judgeHours: Judge = ({ tally, baseline, hour, span }) => {
  if (span !== 'hour' || tally.sessions === 0 || baseline.hours < LEARNED_HOURS) return undefined;
  const { sessions, known } = expectedIn(baseline, hour);
  if (sessions >= OWN_HOUR) return undefined;
  const surprise = countSurprise(tally.sessions, sessions, known);
  if (surprise === 0) return undefined;
  const from = hour % DAY_HOURS;
  const why = `active between ${from}:00 and ${from + 1}:00 UTC (${tally.sessions} correlations), when it has ${spoken(sessions)} on average`;
  return { feature: 'hours', span, surprise, expected: sessions, seen: tally.sessions, why };
};
