import type { Budget } from '../../contracts/budget.ts';

/** What accounts count, in whole numbers: millionths of a US dollar, tokens, calls. */
export const UNITS = ['micros', 'tokens', 'calls'] as const;
export type Unit = (typeof UNITS)[number];
export type Amounts = Readonly<Record<Unit, number>>;
/** What is bounded, and by how much. */
export type Limits = Readonly<Partial<Record<Unit, number>>>;

export const NOTHING: Amounts = { micros: 0, tokens: 0, calls: 0 };

/** Rounded up: many small calls must not add up to nothing. */
export const microsOf = (usd: number): number => Math.ceil(Number((usd * 1_000_000).toFixed(3)));
export const usdOf = (micros: number): number => micros / 1_000_000;

/** What accounts are kept for of a budget; depth and seconds need none. */
export function limitsOf({ usd, tokens, calls }: Budget): Limits {
  return {
    ...(usd !== undefined && { micros: Math.floor(usd * 1_000_000) }),
    ...(tokens !== undefined && { tokens }),
    ...(calls !== undefined && { calls }),
  };
}

export function bounded(limits: Limits): Unit[] {
  return UNITS.filter((unit) => limits[unit] !== undefined);
}

/** By unit. */
export function amounts(of: (unit: Unit) => number): Amounts {
  return { micros: of('micros'), tokens: of('tokens'), calls: of('calls') };
}

/** Of some units. */
export function limits(units: readonly Unit[], of: (unit: Unit) => number): Limits {
  return Object.fromEntries(units.map((unit) => [unit, of(unit)]));
}

/** An amount as people write it. */
export function amountText(unit: Unit | 'seconds', amount: number): string {
  if (unit === 'micros') return `${usdText(amount)} USD`;
  return `${amount.toLocaleString('en-US')} ${unit}`;
}

/** Cents at least, and as many places more as it takes. */
function usdText(micros: number): string {
  const [whole = '0', places = ''] = usdOf(micros).toFixed(6).split('.');
  return `${whole}.${places.slice(0, 2)}${places.slice(2).replace(/0+$/, '')}`;
}
