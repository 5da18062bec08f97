import { createHash } from 'node:crypto';
import { cumulativeStdNormalProbability } from 'simple-statistics';
import * as z from 'zod';

const Arm = z.object({ count: z.number().int(), sum: z.number(), squares: z.number() });

/** Two versions of an agent side by side. */
export const Experiment = z.object({
  name: z.string(),
  /** Of those who ask, the share that meets version b. */
  share: z.number().min(0).max(1),
  status: z.enum(['running', 'rolled_back', 'adopted', 'stopped']),
  a: Arm,
  b: Arm,
  why: z.string(),
});
export type Experiment = z.infer<typeof Experiment>;
export type Variant = 'a' | 'b';

/** So many scores on each side, and it may be ended: sooner for what is worse, since that does harm. */
export const EXPERIMENT_BOUNDS = { rollBackFrom: 20, adoptFrom: 100, significance: 0.05 } as const;

export const newExperiment = (name: string, share: number): Experiment => ({
  ...{ name, share, status: 'running', why: '' },
  ...{ a: { count: 0, sum: 0, squares: 0 }, b: { count: 0, sum: 0, squares: 0 } },
});

/** Where somebody stands in an experiment, in [0, 1): the same as long as both names are. */
export function bucketOf(experiment: string, asker: string): number {
  const hash = createHash('sha256')
    .update(JSON.stringify([experiment, asker]))
    .digest();
  return hash.readUIntBE(0, 6) / 2 ** 48;
}

/** Which version somebody meets. A larger share moves people from a to b only, never back. */
export function variantFor(experiment: Experiment | undefined, asker: string): Variant {
  if (!experiment || experiment.status === 'rolled_back' || experiment.status === 'stopped') return 'a';
  if (experiment.status === 'adopted') return 'b';
  return bucketOf(experiment.name, asker) < experiment.share ? 'b' : 'a';
}

/** One more score of a version, 0 to 1; ends the experiment when the difference is more than chance. */
export function scored(experiment: Experiment, variant: Variant, score: number): Experiment {
  if (experiment.status !== 'running') return experiment;
  const arm = experiment[variant];
  const counted = { count: arm.count + 1, sum: arm.sum + score, squares: arm.squares + score * score };
  return judged({ ...experiment, [variant]: counted });
}

function judged(experiment: Experiment): Experiment {
  const { a, b } = experiment;
  const { rollBackFrom, adoptFrom, significance } = EXPERIMENT_BOUNDS;
  const fewest = Math.min(a.count, b.count);
  if (fewest < rollBackFrom) return experiment;
  const [meanA, meanB] = [a.sum / a.count, b.sum / b.count];
  const deviation = Math.sqrt(varianceOf(a) / a.count + varianceOf(b) / b.count);
  if (meanA === meanB) return experiment;
  // Welch's statistic; from twenty on a side, the normal distribution is near enough.
  const chance = deviation === 0 ? 0 : 1 - cumulativeStdNormalProbability(Math.abs(meanB - meanA) / deviation);
  if (chance >= significance) return experiment;
  const told = `mean score of a ${meanA.toFixed(2)}, of b ${meanB.toFixed(2)}; by chance ${chance.toFixed(3)}`;
  if (meanB < meanA) return { ...experiment, status: 'rolled_back', why: `b is worse: ${told}` };
  return fewest >= adoptFrom ? { ...experiment, status: 'adopted', why: `b is better: ${told}` } : experiment;
}

const varianceOf = ({ count, sum, squares }: Experiment['a']): number =>
  Math.max(0, (squares - (sum * sum) / count) / (count - 1));
