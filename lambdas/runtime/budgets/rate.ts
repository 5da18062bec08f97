import type { ModelRate } from './guard.ts';

/** What a rate counts. */
export const RATE_UNITS = ['tokens', 'requests'] as const;
export type RateUnit = (typeof RATE_UNITS)[number];

/** By unit, the theoretical arrival time of the generic cell rate algorithm, ms: until then what was taken is paid off. */
export type RateState = Readonly<Partial<Record<RateUnit, number>>>;

/** What one call adds, and until when at the latest the rest must be paid off for it to be admitted; by bounded unit. */
export interface RateCost {
  readonly unit: RateUnit;
  readonly costMs: number;
  readonly latest: number;
}

export interface RateKey {
  readonly tenant: string;
  readonly model: string;
}

/** One row for each tenant and model. */
export interface Rates {
  /** Takes all costs, or none. @returns ms to wait, 0 when they were taken */
  take(key: RateKey, costs: readonly RateCost[], now: number): Promise<number>;
}

const MINUTE_MS = 60_000;
/** So much of a minute may be used at once: no minute sees more than 125 % of the rate. */
const BURST_MS = 15_000;

/** A call that is larger than a burst is admitted once everything before is paid off. */
export function costsOf({ tokensPerMinute, requestsPerMinute }: ModelRate, tokens: number, now: number): RateCost[] {
  const cost = (unit: RateUnit, perMinute: number | undefined, amount: number): RateCost[] => {
    if (perMinute === undefined) return [];
    // To the microsecond: sums of these are exact in any arithmetic.
    const costMs = Math.round((Math.max(0, amount) * MINUTE_MS * 1_000) / perMinute) / 1_000;
    return [{ unit, costMs, latest: now + Math.max(0, BURST_MS - costMs) }];
  };
  return [...cost('tokens', tokensPerMinute, tokens), ...cost('requests', requestsPerMinute, 1)];
}

/** How long until all of it is admitted, ms. */
export function waitFor(state: RateState, costs: readonly RateCost[]): number {
  return Math.max(0, ...costs.map(({ unit, latest }) => (state[unit] ?? 0) - latest));
}

export function takenAt(state: RateState, costs: readonly RateCost[], now: number): RateState {
  return Object.fromEntries([
    ...Object.entries(state),
    ...costs.map(({ unit, costMs }) => [unit, Math.max(state[unit] ?? 0, now) + costMs]),
  ]);
}
