import type { Examples } from '../../lambdas/systems/maintenance/learning/train-trees.ts';

/** Of AI4I 2020 (Matzka 2020): what may be known before a failure. The failure modes, TWF to RNF, are its consequence. */
const COLUMNS = {
  type: 'Type',
  air: 'Air temperature [K]',
  process: 'Process temperature [K]',
  speed: 'Rotational speed [rpm]',
  torque: 'Torque [Nm]',
  wear: 'Tool wear [min]',
  failure: 'Machine failure',
} as const;

const TYPES = ['L', 'M', 'H'];
/** Overstrain limit in minNm by type, from the set's documentation. */
const STRAIN_LIMITS = [11_000, 12_000, 13_000];

export interface Ai4iRow {
  /** 0 L, 1 M, 2 H. */
  readonly type: number;
  /** K */
  readonly air: number;
  readonly process: number;
  /** rpm */
  readonly speed: number;
  /** Nm */
  readonly torque: number;
  /** min */
  readonly wear: number;
  readonly failure: 0 | 1;
}

export const isAi4i = (text: string): boolean => text.slice(0, 200).includes(COLUMNS.process);

/** @throws Error naming the line that is none of the set's */
export function readAi4i(text: string): Ai4iRow[] {
  const [head = '', ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const names = head.replace(/^\uFEFF/, '').split(',');
  const place = (name: string): number => {
    const at = names.indexOf(name);
    if (at < 0) throw new Error(`AI4I 2020 has a column "${name}", and this file has none`);
    return at;
  };
  const at = Object.fromEntries(Object.entries(COLUMNS).map(([key, name]) => [key, place(name)]));
  return lines.map((line, index) => {
    const cells = line.split(',');
    const number = (key: string): number => Number(cells[at[key] ?? -1] || Number.NaN);
    const row = {
      type: TYPES.indexOf(cells[at.type ?? -1] ?? ''),
      ...{ air: number('air'), process: number('process'), speed: number('speed') },
      ...{ torque: number('torque'), wear: number('wear') },
      failure: number('failure') === 1 ? (1 as const) : (0 as const),
    };
    if (row.type < 0 || Number.isNaN(number('failure'))) throw new Error(`line ${index + 2} is no row of AI4I 2020`);
    return row;
  });
}

/** W */
const powerOf = ({ torque, speed }: Ai4iRow): number => (torque * speed * 2 * Math.PI) / 60;
const strainLimitOf = ({ type }: Ai4iRow): number => STRAIN_LIMITS[type] ?? Number.NaN;

const isHot = (row: Ai4iRow): boolean => row.process - row.air < 8.6 && row.speed < 1_380;
const isOffPower = (row: Ai4iRow): boolean => powerOf(row) < 3_500 || powerOf(row) > 9_000;
const isStrained = (row: Ai4iRow): boolean => row.torque * row.wear > strainLimitOf(row);

/** The measurements, how far each documented physical limit is away, and whether one is passed. */
const FEATURES: Readonly<Record<string, (row: Ai4iRow) => number>> = {
  type: ({ type }) => type,
  air: ({ air }) => air,
  process: ({ process }) => process,
  speed: ({ speed }) => speed,
  torque: ({ torque }) => torque,
  wear: ({ wear }) => wear,
  heat_difference: ({ process, air }) => process - air,
  power: powerOf,
  power_margin: (row) => Math.min(powerOf(row) - 3_500, 9_000 - powerOf(row)),
  strain: ({ torque, wear }) => torque * wear,
  strain_margin: (row) => strainLimitOf(row) - row.torque * row.wear,
  cooling_margin: (row) => Math.max((row.process - row.air - 8.6) / 0.1, (row.speed - 1_380) / 10),
  limits_passed: (row) => Number(isHot(row)) + Number(isOffPower(row)) + Number(isStrained(row)),
};

export function ai4iExamples(rows: readonly Ai4iRow[]): Examples {
  const features = Object.keys(FEATURES);
  return {
    features,
    columns: Object.values(FEATURES).map((of) => Float64Array.from(rows, of)),
    targets: Float64Array.from(rows, ({ failure }) => failure),
  };
}

/**
 * The three physical rules of the set's documentation as a baseline: heat, power and overstrain failures happen by definition.
 * (Tool wear fails at a random time and leaves no trace in the row; random failures neither.)
 */
export const ruleSays = (row: Ai4iRow): boolean => isHot(row) || isOffPower(row) || isStrained(row);
