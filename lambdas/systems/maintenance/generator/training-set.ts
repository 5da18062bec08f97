import { FEATURES, HORIZON_DAYS, partFeatures } from '../analysis/features.ts';
import { RISK_DAYS } from '../analysis/outlook.ts';
import type { Day } from '../analysis/parts.ts';
import { screen } from '../analysis/screen.ts';
import { PARTS, type Part } from '../fleet/shapes.ts';
import { type Dice, diceOf } from '../learning/dice.ts';
import { FIRST_DAY_MS, type GeneratedVehicle, generateFleet } from './fleet.ts';

/** One part of one vehicle on one day, and what became of it. */
export interface Example {
  readonly unit: string;
  readonly part: Part;
  readonly day: number;
  readonly row: readonly number[];
  readonly wear: number;
  readonly perDay: number;
  readonly known: number;
  /** Days until it failed; undefined: not before the end. */
  readonly daysLeft: number | undefined;
}

export interface SetOptions {
  readonly vehicles: number;
  readonly days: number;
  readonly seed: number;
}

const DAY_MS = 86_400_000;
/** Every vehicle is looked at so often, at a day of its own. */
const EVERY_DAYS = 6;
/** Before there is so much history nothing is asked. */
const FIRST_LOOK = 21;

/**
 * A fleet's days as examples, seen as the agents see them: through screening, of the past alone. A part that fails is replaced.
 * The last days of a fleet, whose outcome nobody knows, are left out where they would be taken for "no failure".
 */
export function trainingSet({ vehicles, days, seed }: SetOptions): Example[] {
  const offsets = diceOf(seed).fork('looks');
  return generateFleet({ vehicles, seed }).flatMap((vehicle) => lifeOf(vehicle, days, offsets));
}

function lifeOf(vehicle: GeneratedVehicle, days: number, offsets: Dice): Example[] {
  const offset = offsets.below(EVERY_DAYS);
  const looks: Array<Omit<Example, 'daysLeft'>> = [];
  const failures = new Map<Part, number[]>(PARTS.map((part) => [part, []]));
  let known: readonly Day[] = [];
  for (let day = 0; day < days; day += 1) {
    const { reading, failed } = vehicle.nextDay();
    const now = FIRST_DAY_MS + (day + 1) * DAY_MS;
    const seen = screen(known, [reading], now);
    known = seen.days;
    if (day >= FIRST_LOOK && day % EVERY_DAYS === offset)
      for (const part of PARTS) {
        const { row, wear, perDay, known: share } = partFeatures(part, seen.usable);
        if (!Number.isNaN(wear))
          looks.push({ unit: vehicle.vehicle.vehicle_id, part, day, row, wear, perDay, known: share });
      }
    for (const part of failed) {
      failures.get(part)?.push(day);
      vehicle.repair(part);
    }
  }
  return looks.flatMap((look): Example[] => {
    const next = failures.get(look.part)?.find((day) => day >= look.day);
    // What was replaced within the days looked back is neither the old part nor yet the new one.
    const replaced = failures.get(look.part)?.some((day) => day < look.day && day > look.day - FIRST_LOOK);
    if (replaced) return [];
    if (next !== undefined) return [{ ...look, daysLeft: next - look.day }];
    return look.day <= days - HORIZON_DAYS ? [{ ...look, daysLeft: undefined }] : [];
  });
}

export const isFailure = ({ daysLeft }: Example): boolean => daysLeft !== undefined && daysLeft <= RISK_DAYS;
export const daysLeftOf = ({ daysLeft }: Example): number => Math.min(HORIZON_DAYS, daysLeft ?? HORIZON_DAYS);

/** The columns that trees are trained on. */
export function columnsOf(examples: readonly Example[]): Float64Array[] {
  return FEATURES.map((_, feature) => Float64Array.from(examples, ({ row }) => row[feature] ?? Number.NaN));
}
