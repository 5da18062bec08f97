import { FAULT_NAMES, type FaultName } from './faults/catalog.ts';
import { commandsFor } from './plan-commands.ts';
import type { CommandName, HistoryPlan } from './plan-history.ts';
import { type ProgramOptions, randomProgram } from './programs/generate.ts';
import { type Flows, limited } from './programs/limits.ts';
import type { Mood } from './programs/plan.ts';
import { type Random, randomOf } from './random.ts';

export interface PlanChoice {
  /** Kinds of faults to choose from; default: all. */
  readonly faults?: readonly FaultName[];
  /** Tasks of a program; default: as the seed wants. */
  readonly tasks?: number;
  /** How much goes wrong in the programs by themselves; default: as the seed wants. */
  readonly mood?: Mood;
  /** Limits that runs share; default: as the seed wants. */
  readonly flows?: Flows;
  /** Somebody interferes in any case, in any way or in this one. */
  readonly commands?: true | CommandName;
  /** Most work delegates in any case. */
  readonly delegates?: true;
}

/** Without signatures these would show nothing, or something else. */
const ABOUT_SIGNATURES: readonly FaultName[] = ['forger', 'key-rotation', 'old-schema'];

/** What a seed stands for. */
export function planOfSeed(
  seed: number,
  { faults: kinds = FAULT_NAMES, tasks: size, mood, flows: wanted, commands, delegates }: PlanChoice = {},
): HistoryPlan {
  const random = randomOf(seed);
  const choice = random.fork('kinds');
  // Large runs take a hundred times as long as others.
  const usual = kinds.filter((name) => name !== 'large');
  const names =
    usual.length === 0 || (kinds.includes('large') && choice.chance(0.006))
      ? kinds.filter((name) => name === 'large')
      : usual;
  const faults = choice.shuffled(names).slice(0, choice.chance(0.6) ? 1 : 2);
  const count = faults.includes('breaker-race') ? 3 : 1;
  const oversize = faults.includes('oversize');
  const shared = random.fork('flows');
  const flows = flowsFor(faults, shared, wanted);
  const bare = Array.from({ length: count }, (_, index) =>
    randomProgram(random.fork(`program ${index}`), `sim-${seed}${index > 0 ? `-${index}` : ''}`, {
      oversize,
      tight: faults.includes('retry-storm'),
      ...(mood && { mood }),
      ...(delegates && { delegates }),
      ...(size === undefined ? shapeFor(faults, choice) : { tasks: size }),
      // There will be several runs of it.
      ...(size === undefined && flows === 'admission' && { tasks: shared.between(2, 7) }),
    }),
  );
  const times = random.fork('times');
  const repeats = faults.includes('twice')
    ? [
        { afterMs: times.int(5_000), otherBody: false },
        { afterMs: times.int(60_000), otherBody: times.chance(0.5) },
      ]
    : undefined;
  const course = {
    calmAfterMs: faults.includes('snapshots') ? 10_800_000 : times.between(20_000, 900_000),
    strength: times.pick([0.25, 0.5, 1]),
    checksQuiet: times.chance(0.1),
    measures: times.chance(0.08),
    sweepMinutes: times.chance(0.2) ? 1 : 4,
    storesItems: times.chance(0.1),
    adHoc: times.chance(0.25) && !oversize,
    uneven: times.chance(0.3),
    signs: faults.some((name) => ABOUT_SIGNATURES.includes(name)) || random.fork('signs').chance(0.1),
  };
  const occasion = {
    programs: limited(bare, flows, shared, !course.adHoc),
    repeated: repeats !== undefined,
    wanted: commands,
  };
  return {
    ...{ seed, faults, ...course, ...commandsFor(random.fork('commands'), occasion) },
    ...(repeats && { repeats }),
  };
}

/** Where runs of a certain shape are needed, they are alone. */
function flowsFor(faults: readonly FaultName[], random: Random, wanted?: Flows): Flows {
  const drawn = random.weighted({ none: 75, limits: 13, admission: 12 });
  if (faults.some((name) => name === 'large' || name === 'snapshots')) return 'none';
  const flows = wanted ?? drawn;
  return flows === 'admission' && faults.includes('breaker-race') ? 'limits' : flows;
}

/** Some faults need a run of a certain shape to strike at all, or many of them at once. */
function shapeFor(faults: readonly FaultName[], random: Random): ProgramOptions {
  const own = random.fork('shape');
  // More than one turn may dispatch; and now and then far more.
  if (faults.includes('large')) return { tasks: own.chance(0.01) ? 10_000 : 520, mood: 'calm' };
  // Long enough for a snapshot.
  if (faults.includes('snapshots')) return { tasks: own.between(60, 72), narrow: true, mood: 'calm' };
  return faults.includes('breaker-race') ? { tasks: own.between(4, 12) } : {};
}
