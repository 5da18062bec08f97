/** A stretch of time that a text names: from, inclusive, to, exclusive, ms; the finer, the more it says. */
export interface NamedTime {
  readonly from: number;
  readonly to: number;
  readonly precision: 'day' | 'month' | 'year';
}

const MONTHS = [
  ...['january', 'february', 'march', 'april', 'may', 'june'],
  ...['july', 'august', 'september', 'october', 'november', 'december'],
];
const MONTH = `(${MONTHS.join('|')})`;
const DAY_MONTH = new RegExp(
  String.raw`(?:\b(\d{1,2})(?:st|nd|rd|th)?\s{1,3}(?:of\s)?)?\b${MONTH}\b(?:\s{1,3}(\d{1,2})(?:st|nd|rd|th)?\b(?!\d))?(?:,?\s{0,3}((?:19|20)\d\d)\b)?`,
  'gi',
);
const ISO_DAY = /\b((?:19|20)\d\d)-(\d\d)-(\d\d)\b/g;
const YEAR = /\b((?:19|20)\d\d)\b/g;
const DAY_MS = 86_400_000;

const dayFrom = (year: number, month: number, day: number): NamedTime => {
  const from = Date.UTC(year, month, day);
  return { from, to: from + DAY_MS, precision: 'day' };
};

/**
 * The times that a question names, "on 3 May 2023", "in June", "2023-05-03". One without a year is meant for each of the
 * years that there are entries of.
 */
export function namedTimes(text: string, years: readonly number[]): NamedTime[] {
  const times: NamedTime[] = [];
  for (const [, year, month, day] of text.matchAll(ISO_DAY))
    times.push(dayFrom(Number(year), Number(month) - 1, Number(day)));
  for (const match of text.matchAll(DAY_MONTH)) {
    const [, before, name = '', after, year] = match;
    const day = before ?? after;
    // "may" is a verb far more often than a month.
    if (name === 'may' && day === undefined && year === undefined) continue;
    const month = MONTHS.indexOf(name.toLowerCase());
    for (const each of year === undefined ? years : [Number(year)])
      times.push(
        day === undefined
          ? { from: Date.UTC(each, month), to: Date.UTC(each, month + 1), precision: 'month' }
          : dayFrom(each, month, Number(day)),
      );
  }
  if (times.length === 0)
    for (const [, year] of text.matchAll(YEAR))
      times.push({ from: Date.UTC(Number(year), 0), to: Date.UTC(Number(year) + 1, 0), precision: 'year' });
  return times;
}

/** People tell of a day some days later; how much an entry of this time speaks for the one that is asked for, 0 to 1. */
const TOLD_WITHIN_DAYS = 10;

export function nearness(at: number, times: readonly NamedTime[]): number {
  let best = 0;
  for (const { from, to, precision } of times) {
    if (precision === 'day') {
      const late = (at - from) / DAY_MS;
      if (late >= -1 && late < TOLD_WITHIN_DAYS) best = Math.max(best, 1 - Math.max(0, late) / (TOLD_WITHIN_DAYS + 2));
    } else if (at >= from && at < to) best = Math.max(best, precision === 'month' ? 0.6 : 0.2);
  }
  return best;
}
