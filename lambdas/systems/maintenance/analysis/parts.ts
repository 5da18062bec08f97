import type { Part, Signal } from '../fleet/shapes.ts';

/** A day of a vehicle as it is kept: what was impossible is null. */
export interface Day {
  /** Days since 1970: one reading counts for each. */
  readonly day: number;
  readonly odometer: number | null;
  readonly signals: Readonly<Partial<Record<Signal, number | null>>>;
}

/** How a part shows that it wears. */
export interface PartPhysics {
  readonly signal: Signal;
  readonly unit: string;
  /** What a sound part would show on such a day; undefined when the day does not say enough. */
  readonly usual: (day: Day) => number | undefined;
  /** So far from `usual` it has failed; negative: below. Same unit as the signal. */
  readonly limit: number;
  /** Of the engineering that the limit comes from, for whoever doubts it. */
  readonly source: string;
  readonly direction: 'high' | 'low';
  /** Hours of work, what a technician must be able to do, and what must be there. */
  readonly repair: { readonly hours: number; readonly skill: string; readonly spare: string };
  /** Its failure endangers people: it comes first, whatever else there is. */
  readonly safety: boolean;
}

const ambient = ({ signals }: Day): number | undefined => signals.ambient_temp_c ?? undefined;
const load = ({ signals }: Day): number | undefined => signals.load_share ?? undefined;

/** `base + perDegree · ambient + perLoad · load` */
const linear =
  (base: number, perDegree: number, perLoad: number) =>
  (day: Day): number | undefined => {
    const degrees = perDegree === 0 ? 0 : ambient(day);
    const share = perLoad === 0 ? 0 : load(day);
    return degrees === undefined || share === undefined ? undefined : base + perDegree * degrees + perLoad * share;
  };

/** Physics of the vehicles in this system. The generator obeys it too; a real fleet replaces the figures by its maker's. */
export const PART_PHYSICS: Readonly<Record<Part, PartPhysics>> = {
  cooling_pump: {
    ...{ signal: 'coolant_temp_c', unit: '°C', limit: 22, direction: 'high', safety: false },
    usual: linear(82, 0.2, 8),
    source: 'coolant boils in a 1.1 bar system from about 120 °C; some 110 °C at full load are the end of regulation',
    repair: { hours: 3, skill: 'engine', spare: 'cooling_pump' },
  },
  battery: {
    ...{ signal: 'crank_voltage_v', unit: 'V', limit: -1.9, direction: 'low', safety: false },
    usual: linear(10.8, 0.015, 0),
    source: 'a 12 V starter needs about 9 V while it cranks; lead-acid gives less in the cold',
    repair: { hours: 0.5, skill: 'electrics', spare: 'battery' },
  },
  brake_pads: {
    ...{ signal: 'brake_pad_mm', unit: 'mm', limit: -9.5, direction: 'low', safety: true },
    usual: () => 12,
    source: 'pads are 12 mm new; 2.5 mm is a usual limit of wear',
    repair: { hours: 1.5, skill: 'chassis', spare: 'brake_pads' },
  },
  wheel_bearing: {
    ...{ signal: 'wheel_vibration_mm_s', unit: 'mm/s', limit: 5.9, direction: 'high', safety: true },
    usual: linear(1, 0, 0.8),
    source: 'ISO 20816: above some 7 mm/s r.m.s. vibration does damage',
    repair: { hours: 2, skill: 'chassis', spare: 'wheel_bearing' },
  },
  oil_pump: {
    ...{ signal: 'oil_pressure_kpa', unit: 'kPa', limit: -180, direction: 'low', safety: false },
    usual: linear(300, 0, 90),
    source: 'below some 100 to 150 kPa at speed the film in the bearings breaks',
    repair: { hours: 5, skill: 'engine', spare: 'oil_pump' },
  },
  gearbox: {
    ...{ signal: 'gearbox_temp_c', unit: '°C', limit: 38, direction: 'high', safety: false },
    usual: linear(62, 0.35, 18),
    source: 'transmission fluid ages fast above some 120 °C',
    repair: { hours: 8, skill: 'transmission', spare: 'gearbox' },
  },
};

/**
 * How worn a part looks on a day: 0 as new, 1 at its limit; undefined when the day does not say. May be below 0 or above 1.
 */
export function wearShown(part: Part, day: Day): number | undefined {
  const { signal, usual, limit } = PART_PHYSICS[part];
  const value = day.signals[signal] ?? undefined;
  const expected = usual(day);
  return value === undefined || expected === undefined ? undefined : (value - expected) / limit;
}
