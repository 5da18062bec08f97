/** A garage: who works there, on what, and which spares lie there. */
export interface Centre {
  readonly id: string;
  readonly region: string;
  readonly time_zone: string;
  /** Minutes since midnight, local time; closed on weekends. */
  readonly opens: number;
  readonly closes: number;
  readonly bays: readonly string[];
  readonly technicians: ReadonlyArray<{ readonly name: string; readonly skills: readonly string[] }>;
  /** What lies on the shelf; what is booked is taken from it. */
  readonly stock: Readonly<Record<string, number>>;
  /** Days until a spare is there that is not on the shelf; undefined: it can't be had. */
  readonly reorderDays: Readonly<Record<string, number>>;
}

const SHELF = {
  cooling_pump: 6,
  battery: 20,
  brake_pads: 24,
  wheel_bearing: 10,
  oil_pump: 3,
  gearbox: 1,
  none: 1_000_000,
};
const REORDER = { cooling_pump: 2, battery: 1, brake_pads: 1, wheel_bearing: 2, oil_pump: 4, gearbox: 9 };
const common = { opens: 8 * 60, closes: 18 * 60, stock: SHELF, reorderDays: REORDER };

/** The network of the demonstration. A real one replaces this file. */
export const CENTRES: readonly Centre[] = [
  {
    ...{ id: 'north-1', region: 'north', time_zone: 'Europe/Berlin', bays: ['N1', 'N2', 'N3'] },
    ...common,
    technicians: [
      { name: 'Nora', skills: ['engine', 'electrics', 'inspection'] },
      { name: 'Nils', skills: ['chassis', 'electrics', 'inspection'] },
      { name: 'Nadia', skills: ['engine', 'transmission'] },
    ],
  },
  {
    ...{ id: 'south-1', region: 'south', time_zone: 'Europe/Madrid', bays: ['S1', 'S2'] },
    ...common,
    technicians: [
      { name: 'Sara', skills: ['engine', 'chassis', 'inspection'] },
      { name: 'Sven', skills: ['electrics', 'chassis', 'transmission'] },
    ],
  },
];
