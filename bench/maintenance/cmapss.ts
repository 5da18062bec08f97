import type { Examples } from '../../lambdas/systems/maintenance/learning/train-trees.ts';

/** One flight of one engine. */
export interface Cycle {
  readonly unit: number;
  readonly cycle: number;
  readonly settings: readonly number[];
  readonly sensors: readonly number[];
}

/** Engines by unit, each with its cycles in order. */
export type Engines = ReadonlyMap<number, readonly Cycle[]>;
const SENSORS = 21;

/** @throws Error naming the line that is no cycle of C-MAPSS: unit, cycle, three settings, 21 sensors */
export function readCmapss(text: string): Engines {
  const cycles = text.split(/\r?\n/).flatMap((line, index): Cycle[] => {
    if (line.trim() === '') return [];
    const numbers = line.trim().split(/\s+/).map(Number);
    const [unit, cycle, ...rest] = numbers;
    if (numbers.length !== 5 + SENSORS || numbers.some(Number.isNaN) || unit === undefined || cycle === undefined)
      throw new Error(`line ${index + 1} is no cycle of C-MAPSS`);
    return [{ unit, cycle, settings: rest.slice(0, 3), sensors: rest.slice(3) }];
  });
  const byUnit = Map.groupBy(cycles, ({ unit }) => unit);
  return new Map([...byUnit].map(([unit, own]) => [unit, own.toSorted((a, b) => a.cycle - b.cycle)]));
}

/** Sensors relative to how they are in the same flight conditions, learnt from training engines alone. */
export interface Scale {
  readonly used: readonly number[];
  readonly regimes: ReadonlyMap<string, ReadonlyArray<{ readonly mean: number; readonly deviation: number }>>;
}

/** Flight conditions in steps that tell the six of FD002 and FD004 apart. FD001 and FD003 have one. */
const regimeOf = ({ settings: [altitude = 0, mach = 0, throttle = 0] }: Cycle): string =>
  `${Math.round(altitude)}/${Math.round(mach * 10)}/${Math.round(throttle)}`;

export function scaleOf(engines: Engines): Scale {
  const byRegime = Map.groupBy([...engines.values()].flat(), regimeOf);
  const regimes = new Map(
    [...byRegime].map(([name, cycles]) => [name, Array.from({ length: SENSORS }, (_, at) => spread(cycles, at))]),
  );
  const varies = (at: number): boolean => [...regimes.values()].some((all) => (all[at]?.deviation ?? 0) > 1e-6);
  return { used: Array.from({ length: SENSORS }, (_, at) => at).filter(varies), regimes };
}

function spread(cycles: readonly Cycle[], at: number): { mean: number; deviation: number } {
  const values = cycles.map(({ sensors }) => sensors[at] ?? 0);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(square) };
}

const SHORT = 5;
const LONG = 20;
const WHOLE = 50;

export function featureNames({ used }: Scale): string[] {
  const kinds = [`mean${SHORT}`, `mean${LONG}`, `mean${WHOLE}`, `slope${LONG}`, `slope${WHOLE}`, 'change', 'deviation'];
  return ['cycle', ...used.flatMap((sensor) => kinds.map((kind) => `s${sensor + 1}_${kind}`))];
}

/** What is known of an engine after each of its cycles: rolling means, trends, and the change since it was new. */
export function featuresOf(cycles: readonly Cycle[], { used, regimes }: Scale): Float64Array[] {
  const series = used.map((sensor) =>
    Float64Array.from(cycles, (cycle) => {
      const { mean = 0, deviation = 1 } = regimes.get(regimeOf(cycle))?.[sensor] ?? {};
      return deviation < 1e-9 ? 0 : ((cycle.sensors[sensor] ?? 0) - mean) / deviation;
    }),
  );
  return cycles.map(({ cycle }, at) => {
    const row = [cycle];
    for (const values of series) {
      const whole = values.subarray(Math.max(0, at + 1 - WHOLE), at + 1);
      const long = values.subarray(Math.max(0, at + 1 - LONG), at + 1);
      const short = values.subarray(Math.max(0, at + 1 - SHORT), at + 1);
      const mean = meanOf(long);
      row.push(meanOf(short), mean, meanOf(whole), slopeOf(long), slopeOf(whole));
      row.push(mean - meanOf(values.subarray(0, Math.min(LONG, at + 1))));
      row.push(Math.sqrt(long.reduce((sum, value) => sum + (value - mean) ** 2, 0) / long.length));
    }
    return Float64Array.from(row);
  });
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Least squares, per cycle; NaN before there are five. */
function slopeOf(values: Float64Array): number {
  const count = values.length;
  if (count < 5) return Number.NaN;
  const middle = (count - 1) / 2;
  let above = 0;
  for (const [at, value] of values.entries()) above += (at - middle) * value;
  return above / ((count * (count * count - 1)) / 12);
}

/** Every cycle of every engine, with the cycles left until its last; what is above `cap` is learnt as `cap`. */
export function cmapssExamples(engines: Engines, scale: Scale, cap: number): Examples {
  const rows: Float64Array[] = [];
  const targets: number[] = [];
  for (const cycles of engines.values()) {
    const last = cycles.at(-1)?.cycle ?? 0;
    rows.push(...featuresOf(cycles, scale));
    targets.push(...cycles.map(({ cycle }) => Math.min(cap, last - cycle)));
  }
  const features = featureNames(scale);
  const columns = features.map((_, feature) => Float64Array.from(rows, (row) => row[feature] ?? Number.NaN));
  return { features, columns, targets: Float64Array.from(targets) };
}
