import { FAULT_NAMES, type FaultName } from './faults/catalog.ts';
import type { HistoryPlan } from './plan-history.ts';
import { randomProgram } from './programs/generate.ts';
import { randomOf } from './random.ts';

export interface PlanChoice {
  /** Kinds of faults to choose from; default: all. */
  readonly faults?: readonly FaultName[];
  /** Tasks of a program; default: as the seed wants. */
  readonly tasks?: number;
}

/** What a seed stands for. */
export function planOfSeed(seed: number, { faults: kinds = FAULT_NAMES, tasks: size }: PlanChoice = {}): HistoryPlan {
  const random = randomOf(seed);
  const choice = random.fork('kinds');
  // Large runs take a hundred times as long as others.
  const usual = kinds.filter((name) => name !== 'large');
  const names =
    usual.length === 0 || (kinds.includes('large') && choice.chance(0.008))
      ? kinds.filter((name) => name === 'large')
      : usual;
  const faults = choice.shuffled(names).slice(0, choice.chance(0.6) ? 1 : 2);
  const count = faults.includes('breaker-race') ? 3 : 1;
  const oversize = faults.includes('oversize');
  const tasks = faults.includes('large')
    ? { tasks: choice.fork('large').chance(0.01) ? 10_000 : 600, mood: 'calm' as const }
    : faults.includes('snapshots')
      ? { tasks: choice.fork('long').between(80, 110), narrow: true, mood: 'calm' as const }
      : size === undefined
        ? {}
        : { tasks: size };
  const programs = Array.from({ length: count }, (_, index) =>
    randomProgram(random.fork(`program ${index}`), `sim-${seed}${index > 0 ? `-${index}` : ''}`, {
      oversize,
      tight: faults.includes('retry-storm'),
      ...tasks,
    }),
  );
  const times = random.fork('times');
  const repeats = faults.includes('twice')
    ? [
        { afterMs: times.int(5_000), otherBody: false },
        { afterMs: times.int(60_000), otherBody: times.chance(0.5) },
      ]
    : undefined;
  return {
    ...{
      seed,
      programs,
      faults,
      calmAfterMs: faults.includes('snapshots') ? 10_800_000 : times.between(20_000, 900_000),
      strength: times.pick([0.25, 0.5, 1]),
    },
    checksQuiet: times.chance(0.1),
    measures: times.chance(0.15),
    adHoc: times.chance(0.25) && !oversize,
    uneven: times.chance(0.3),
    ...(repeats && { repeats }),
  };
}
