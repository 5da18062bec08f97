import { binomialDistribution } from 'simple-statistics';
import { localTime, type Said } from './said.ts';
import { termsOf } from './terms.ts';

/** Something that is spoken about on one day of the week, more than chance would have it. */
export interface Habit {
  readonly topic: string;
  /** 1: Monday … 7: Sunday. */
  readonly weekday: number;
  readonly times: number;
  readonly weeks: number;
  /** How likely so many would be by chance, after all that was looked at (Bonferroni). */
  readonly chance: number;
}

const LEAST_WEEKS = 3;
const CHANCE = 0.05;

/**
 * Topics of which people speak on one day of the week: a one-sided binomial test of the days on which a topic came up, against
 * that weekday's share of all days on which anything was said.
 */
export function habitsIn(said: readonly Said[], zone: string): Habit[] {
  const days = new Map<string, { weekday: number; week: string; stems: Map<string, string> }>();
  for (const { at, text } of said) {
    const time = localTime(at, zone);
    const key = time.toISODate() ?? '';
    const day = days.get(key) ?? { weekday: time.weekday, week: time.toFormat("kkkk-'W'WW"), stems: new Map() };
    days.set(key, day);
    for (const { stem, word } of termsOf(text)) if (!/^\d+$/u.test(word)) day.stems.set(stem, word);
  }
  const topics = new Map<string, { word: string; days: Array<{ weekday: number; week: string }> }>();
  for (const { weekday, week, stems } of days.values())
    for (const [stem, word] of stems) {
      const topic = topics.get(stem) ?? { word, days: [] };
      topics.set(stem, topic);
      topic.days.push({ weekday, week });
    }
  const tested = [...topics.values()].filter((topic) => topic.days.length >= LEAST_WEEKS);
  return tested
    .flatMap(({ word, days: on }): Habit[] => {
      const weekday = mostFrequent(on.map((day) => day.weekday));
      const hits = on.filter((day) => day.weekday === weekday);
      const share = [...days.values()].filter((day) => day.weekday === weekday).length / days.size;
      const chance = Math.min(1, tailOf(on.length, share, hits.length) * tested.length * 7);
      const weeks = new Set(hits.map(({ week }) => week)).size;
      return chance < CHANCE && weeks >= LEAST_WEEKS
        ? [{ topic: word, weekday, times: hits.length, weeks, chance }]
        : [];
    })
    .sort((a, b) => a.chance - b.chance)
    .slice(0, 10);
}

/** P(X ≥ hits) of n days. */
function tailOf(n: number, share: number, hits: number): number {
  if (share >= 1) return 1;
  const distribution = binomialDistribution(n, share) ?? [];
  // The library leaves out what is too small to count; what it has sums up to 1.
  const below = distribution.slice(0, hits).reduce((sum, value) => sum + value, 0);
  return Math.max(0, 1 - below);
}

function mostFrequent(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0] ?? 1;
}
