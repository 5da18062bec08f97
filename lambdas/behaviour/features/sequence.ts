import type { Baseline } from '../baseline.ts';
import { count } from '../counts.ts';
import { standing } from '../moments.ts';
import { normalSurprise } from '../tails.ts';
import { type Case, type Judge, spoken } from './judge.ts';

const LEAST_STEPS = { hour: 12, quarter: 12, day: 20 } as const;
const BELIEVED = { hour: 40, quarter: 20, day: 10 } as const;
/** So many nats more a step count in full: with many steps, every trifle shows. */
const MATTERS = 0.2;
/** The frequency of a type by itself counts as so many steps towards it. */
const BACK_OFF = 2;
/** No single step says more than this, in nats: one that was never seen is not the end of the world. */
const MOST_LOSS = 7;
const LEAST_SPREAD = 0.6;
const HEAVY = 0.8;

/** The same kinds of messages in another order. */
export const judgeSequence: Judge = (of) => {
  const { baseline, span, changed } = of;
  const gauge = baseline.gauges[`sequence_${span}`];
  const measured = sequenceOf(of);
  if (changed || !measured || gauge.n < BELIEVED[span]) return undefined;
  const effect = Math.min(1, measured.perStep / MATTERS);
  const surprise = effect * normalSurprise(HEAVY * standing(gauge, measured.distance, LEAST_SPREAD));
  if (surprise <= 0) return undefined;
  const { step, seen, expected } = measured.most;
  const why = `messages in another order than usual: ${step.replace('>', ' → ')} ${seen} times, where ${spoken(expected)} are usual`;
  return { feature: 'sequence', span, surprise, expected, seen, why };
};

/**
 * How much more the steps surprise a model of pairs than its own past does, times the root of their number: spreads alike
 * for few and many. Undefined: too few steps to tell.
 */
export function sequenceOf({ tally, baseline, span, young }: Case) {
  const loss = stepLosses(baseline);
  let steps = 0;
  let lost = 0;
  let most = { step: '', seen: 0, expected: 0, lost: -1 };
  for (const [step, times] of tally.steps) {
    const cut = step.indexOf('>');
    if (young.has(step.slice(0, cut)) || young.has(step.slice(cut + 1))) continue;
    const { nats, share, from } = loss(step.slice(0, cut), step.slice(cut + 1));
    steps += times;
    lost += times * nats;
    const beyond = times * (nats - 0.5);
    if (beyond > most.lost)
      most = { step, seen: times, expected: share * (stepsFrom(tally.steps, from) || 1), lost: beyond };
  }
  if (steps < LEAST_STEPS[span]) return undefined;
  const perStep = lost / steps - usualLoss(baseline);
  return { distance: Math.sqrt(steps) * perStep, perStep, most };
}

const stepsFrom = (steps: ReadonlyMap<string, number>, from: string): number =>
  [...steps].reduce((sum, [step, times]) => (step.startsWith(`${from}>`) ? sum + times : sum), 0);

interface Loss {
  readonly nats: number;
  readonly share: number;
  readonly from: string;
}

/** What a step costs by the subject's own pairs, leaning on how frequent its end is. */
function stepLosses({ steps, novel }: Baseline): (from: string, to: string) => Loss {
  const starts = new Map<string, number>();
  const ends = new Map<string, number>();
  let whole = 0;
  for (const [step, times] of steps) {
    const cut = step.indexOf('>');
    count(starts, step.slice(0, cut), times);
    count(ends, step.slice(cut + 1), times);
    whole += times;
  }
  const strange = novel.steps + 0.5;
  return (from, to) => {
    const alone = ((ends.get(to) ?? 0) + strange / (ends.size + 1)) / (whole + strange);
    const share = ((steps.get(`${from}>${to}`) ?? 0) + BACK_OFF * alone) / ((starts.get(from) ?? 0) + BACK_OFF);
    return { nats: Math.min(MOST_LOSS, -Math.log(share)), share, from };
  };
}

/** The mean loss of what was learned, by what was learned. */
function usualLoss(baseline: Baseline): number {
  const loss = stepLosses(baseline);
  let whole = 0;
  let lost = 0;
  for (const [step, times] of baseline.steps) {
    const cut = step.indexOf('>');
    whole += times;
    lost += times * loss(step.slice(0, cut), step.slice(cut + 1)).nats;
  }
  return whole === 0 ? 0 : lost / whole;
}
