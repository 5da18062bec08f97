import type { Finding } from '../../contracts/behaviour.ts';
import { countSurprise } from '../tails.ts';
import { type Case, type Judge, spoken } from './judge.ts';

/** Messages before anything is known of how often they fail. */
const LEARNED_MESSAGES = 200;
/** What is assumed beside what was seen. */
const PRIOR = { bad: 0.3, messages: 20 } as const;
/** A few in any hour are put up with; failures come in clumps, and refusals in larger ones. */
const LEAST = { failed: 1, refused: 0.3 } as const;
const SHAPE = { failed: 2, refused: 0.4 } as const;

/** It fails, or is refused, far more often than it does, and than everybody does at this time. */
export const judgeFailure: Judge = (of) => {
  const { baseline, span } = of;
  if (span !== 'hour' || baseline.outcomes.messages < LEARNED_MESSAGES) return undefined;
  const findings = [judgeOutcome('refused', of), judgeOutcome('failed', of)].filter((finding) => finding !== undefined);
  return findings.sort((a, b) => b.surprise - a.surprise)[0];
};

function judgeOutcome(
  outcome: 'failed' | 'refused',
  { kind, tally, baseline, span, tenant }: Case,
): Finding | undefined {
  const seen = tally[outcome];
  if (seen === 0) return undefined;
  const { outcomes } = baseline;
  const own = (outcomes[outcome] + PRIOR.bad) / (outcomes.messages + PRIOR.messages);
  // An outage makes everybody fail: what others suffer too says nothing of this one.
  const rest = tenant.messages - tally.messages;
  if (outcome === 'failed' && rest <= 0) return undefined;
  const around = rest > 0 ? (tenant[outcome] - seen) / rest : 0;
  const rate = Math.min(1, Math.max(own, outcome === 'failed' ? 1.5 * around : around));
  const attempts = tally.messages + tally.refused;
  // Where many people work, two may slip in the same hour.
  const mean = Math.max(kind === 'tenant' ? 1 : LEAST[outcome], attempts * rate);
  const surprise = countSurprise(seen, mean, Math.max(SHAPE[outcome], Math.min(8, outcomes[outcome] / 4)));
  if (surprise === 0) return undefined;
  const what = outcome === 'failed' ? 'failed' : 'were refused';
  const why = `${seen} of its ${attempts} messages ${what}, where ${spoken(attempts * rate)} is usual`;
  return { feature: 'failure', span, surprise, expected: attempts * rate, seen, why };
}
