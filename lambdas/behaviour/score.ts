import type { AlertSeverity, Finding } from '../contracts/behaviour.ts';
import type { Baseline } from './baseline.ts';
import { togetherSurprise } from './tails.ts';

/** An hour that is so rare in ordinary times is told: once in 300,000. */
export const ALERT = 5.5;
/** Odd hours that add up to this are told as well. */
export const PRESSURE = { most: 7, perHour: 1.2, keeps: 0.85, each: 5 } as const;
/** Who has surprised so much for nothing must surprise more than that by this. */
const ABOVE_CEILING = 1.2;
/** That it was surprising at all is no news: what findings together count less by, each. */
const HALF = Math.log10(2);

/** Findings as they count for this subject, the strongest first, and what they come to. */
export function scoreOf(findings: readonly Finding[], { ceilings }: Baseline): { score: number; findings: Finding[] } {
  const weighed = findings
    .map((finding) => {
      const bar = Math.max(ALERT, ABOVE_CEILING * (ceilings.get(finding.feature) ?? 0));
      return { ...finding, surprise: (finding.surprise * ALERT) / bar };
    })
    .sort((a, b) => b.surprise - a.surprise);
  const alone = weighed[0]?.surprise ?? 0;
  const together = togetherSurprise(weighed.map(({ surprise }) => Math.max(0, surprise - HALF)));
  return { score: Math.max(alone, together), findings: weighed };
}

/** What many odd hours come to, after one more. */
export function pressureAfter(pressure: number, score: number): number {
  return Math.max(0, PRESSURE.keeps * pressure + Math.min(PRESSURE.each, score) - PRESSURE.perHour);
}

export function severityOf(score: number): AlertSeverity {
  if (score >= 11) return 'critical';
  return score >= 8 ? 'high' : 'medium';
}
