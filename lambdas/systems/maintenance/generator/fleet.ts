import { PART_PHYSICS } from '../analysis/parts.ts';
import { type Customer, PARTS, type Part, type Reading, type Signal, type Vehicle } from '../fleet/shapes.ts';
import { type Dice, diceOf } from '../learning/dice.ts';

const DAY_MS = 86_400_000;
/** 1 January 2026, where every generated fleet begins unless it is told otherwise. */
export const FIRST_DAY_MS = Date.UTC(2026, 0, 1);

/** A batch whose oil pumps were built badly: what insights over the fleet should find. */
export const BAD_BATCH = { batch: 'B-07', plant: 'Leipzig', part: 'oil_pump' } as const;

/** How wear becomes visible: by the power of the damage, and how much days differ, as shares of the limit. */
const VISIBILITY: Readonly<Record<Part, { readonly power: number; readonly noise: number; readonly days: number }>> = {
  cooling_pump: { power: 3, noise: 0.09, days: 700 },
  battery: { power: 2, noise: 0.1, days: 600 },
  brake_pads: { power: 1, noise: 0.015, days: 350 },
  wheel_bearing: { power: 3.5, noise: 0.06, days: 650 },
  oil_pump: { power: 1.7, noise: 0.08, days: 900 },
  gearbox: { power: 2.5, noise: 0.07, days: 1_100 },
};

/** What a generated vehicle is beside what is known of it: the truth that models must find. */
export interface GeneratedVehicle {
  readonly vehicle: Vehicle;
  readonly customer: Customer;
  /** One day further. @returns what its sensors say, and what has failed on this day */
  nextDay(): { readonly reading: Reading; readonly failed: readonly Part[] };
  /** 0 as new, 1 failed. */
  damageOf(part: Part): number;
  /** A new part. */
  repair(part: Part): void;
}

export interface FleetOptions {
  readonly vehicles: number;
  readonly seed: number;
  /** ms; the first day of all. */
  readonly from?: number;
  /** Share of readings with a fault of a sensor, beside single values that are missing. Default 0.01. */
  readonly faults?: number;
}

/**
 * Vehicles, their drivers and how they wear: the same options, the same fleet. Nothing in it is of a real vehicle or person.
 * Damage grows with distance and load at a rate of the part's own, faster the more there is of it; signals show it by
 * {@link PART_PHYSICS}, with noise, gaps and sensors that stick.
 */
export function generateFleet({
  vehicles,
  seed,
  from = FIRST_DAY_MS,
  faults = 0.01,
}: FleetOptions): GeneratedVehicle[] {
  const dice = diceOf(seed);
  return Array.from({ length: vehicles }, (_, index) =>
    generatedVehicle(index, dice.fork(`vehicle ${index}`), from, faults),
  );
}

const BATCHES = ['B-05', 'B-06', 'B-07', 'B-08'] as const;
const PLANTS = ['Leipzig', 'Gliwice'] as const;
const MODELS = ['Courier 2', 'Courier 3', 'Carrier'] as const;
const REGIONS = ['north', 'south'] as const;
const FIRST_NAMES = ['Ada', 'Bela', 'Chris', 'Dana', 'Emil', 'Fay', 'Gus', 'Hana', 'Ines', 'Jon'] as const;
const LAST_NAMES = ['Ash', 'Birch', 'Cedar', 'Elm', 'Fir', 'Hazel', 'Larch', 'Maple', 'Oak', 'Rowan'] as const;
const ZONES = ['Europe/Berlin', 'Europe/Madrid', 'America/New_York'] as const;

function generatedVehicle(index: number, dice: Dice, from: number, faults: number): GeneratedVehicle {
  const number = String(index + 1).padStart(5, '0');
  const vehicle: Vehicle = {
    vehicle_id: `VEH-${number}`,
    model: dice.pick(MODELS),
    plant: dice.pick(PLANTS),
    batch: dice.pick(BATCHES),
    built: new Date(from - dice.below(900) * DAY_MS).toISOString().slice(0, 10),
    region: dice.pick(REGIONS),
  };
  const customer: Customer = {
    customer_id: `CUST-${number}`,
    name: `${dice.pick(FIRST_NAMES)} ${dice.pick(LAST_NAMES)}`,
    language: dice.next() < 0.8 ? 'en' : 'de',
    channel: dice.pick(['sms', 'email', 'app']),
    consent: dice.next() < 0.93,
    quiet_hours: { from: '21:00', to: '08:00' },
    time_zone: dice.pick(ZONES),
  };
  const kmUsual = dice.between(40, 220);
  const loadUsual = dice.between(0.15, 0.75);
  const isBad = vehicle.batch === BAD_BATCH.batch && vehicle.plant === BAD_BATCH.plant;
  const rates = new Map(
    PARTS.map((part) => {
      const bad = isBad && part === BAD_BATCH.part ? 6 : 1;
      return [part, (bad * Math.exp(dice.normal(0, 0.4))) / VISIBILITY[part].days] as const;
    }),
  );
  const damage = new Map<Part, number>(PARTS.map((part) => [part, dice.between(0, 0.95)]));
  const weather = dice.between(-4, 6);
  let odometer = Math.round(dice.between(5_000, 160_000));
  let day = 0;
  let stuck: { signal: Signal; value: number; days: number } | undefined;

  function nextDay() {
    const km = Math.max(0, dice.normal(kmUsual, kmUsual / 4));
    const load = Math.min(1, Math.max(0, dice.normal(loadUsual, 0.1)));
    const season = -Math.cos((2 * Math.PI * (dayOfYear(from + day * DAY_MS) - 20)) / 365);
    const ambient = 10 + weather + 11 * season + dice.normal(0, 3);
    odometer += Math.round(km);
    const failed = PARTS.filter((part) => wear(part, km, load));
    const signals: Partial<Record<Signal, number | null>> = { ambient_temp_c: tidy(ambient), load_share: tidy(load) };
    for (const part of PARTS) {
      const { signal, usual, limit } = PART_PHYSICS[part];
      const { power, noise } = VISIBILITY[part];
      const expected = usual({ day: 0, odometer: null, signals }) ?? 0;
      const shown = Math.min(1.3, damage.get(part) ?? 0) ** power + dice.normal(0, noise);
      signals[signal] = dice.next() < 0.015 ? null : tidy(expected + limit * shown);
    }
    disturb(signals);
    day += 1;
    const at = new Date(from + day * DAY_MS - 1_000).toISOString();
    return { reading: { at, odometer_km: odometer, signals }, failed };
  }

  /** @returns whether it fails on this day */
  function wear(part: Part, km: number, load: number): boolean {
    const before = damage.get(part) ?? 0;
    const strain = (km / 120) * (0.5 + load) * (0.6 + 0.9 * before) * Math.max(0, dice.normal(1, 0.35));
    const after = before + (rates.get(part) ?? 0) * strain;
    damage.set(part, after);
    return before < 1 && after >= 1;
  }

  /** Sensors stick for a while, or say what can't be. */
  function disturb(signals: Partial<Record<Signal, number | null>>): void {
    if (stuck && stuck.days > 0) {
      signals[stuck.signal] = stuck.value;
      stuck.days -= 1;
    } else if (dice.next() < faults) {
      const { signal } = PART_PHYSICS[PARTS[dice.below(PARTS.length)] ?? 'battery'];
      if (dice.next() < 0.5) signals[signal] = -9_999;
      else stuck = { signal, value: signals[signal] ?? 0, days: 6 + dice.below(6) };
    }
  }

  return {
    ...{ vehicle, customer, nextDay },
    damageOf: (part) => damage.get(part) ?? 0,
    repair: (part) => void damage.set(part, 0.02),
  };
}

const tidy = (value: number): number => Math.round(value * 1_000) / 1_000;
const dayOfYear = (ms: number): number => Math.floor((ms - Date.UTC(new Date(ms).getUTCFullYear(), 0, 1)) / DAY_MS);
