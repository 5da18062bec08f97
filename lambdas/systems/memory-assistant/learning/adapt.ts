import { mean } from 'simple-statistics';
import { LEARNING, type Manner } from './constants.ts';

/** What an agent has learned: the last scores, how many there were in all, and how it behaves by now. */
export interface Learned {
  readonly scores: readonly number[];
  readonly count: number;
  readonly manner: Manner;
}
export const UNLEARNED: Learned = { scores: [], count: 0, manner: 'steady' };

/**
 * The last ten scores against the ten before, as a share of those; 0 while there are fewer, or those are nothing.
 * (The seed document divides by the older mean; where that is 0, there is no share.)
 */
export function trendOf(scores: readonly number[]): number {
  const { window } = LEARNING;
  const recent = scores.slice(-window);
  const older = scores.slice(-2 * window, -window);
  if (recent.length < window || older.length === 0) return 0;
  const before = mean([...older]);
  return before === 0 ? 0 : (mean([...recent]) - before) / before;
}

/** One more score. From the hundredth on, what gets worse makes it conservative, and what gets better aggressive. */
export function learnFrom(learned: Learned, score: number): Learned & { readonly trend: number } {
  const scores = [...learned.scores, score].slice(-LEARNING.samples);
  const count = learned.count + 1;
  const trend = trendOf(scores);
  const adapts = count >= LEARNING.samples && Math.abs(trend) > LEARNING.threshold;
  return { scores, count, trend, manner: adapts ? (trend < 0 ? 'conservative' : 'aggressive') : learned.manner };
}

/** How answers are given in each manner: how sure they must be, and how much they name. Steady ones go by the parameters. */
export const MANNER_BOUNDS: Readonly<Record<Manner, { least_coverage?: number; most_citations?: number }>> = {
  conservative: { least_coverage: 0.65, most_citations: 2 },
  steady: {},
  aggressive: { least_coverage: 0.35, most_citations: 5 },
};
