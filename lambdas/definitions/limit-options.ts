import type { Admission, Limit } from '../contracts/flow-control.ts';
import type { Expr } from './expression.ts';
import { EVERYTHING, type Everything, type NoItem, type Scope } from './scope.ts';

/** Each value of the key has a limit of its own. */
type Keyed<T, S> = Omit<T, 'key'> & { readonly key?: string | ((scope: S) => Expr<unknown>) };

/** At most so many at once, or in a period. */
export type LimitOption<S> = Keyed<Limit, S>;

type BeforeIn<I> = Pick<Scope<I, never, NoItem>, 'input'>;
type Way<I, K extends 'debounce' | 'singleton' | 'batch'> = Keyed<NonNullable<Admission[K]>, BeforeIn<I>>;

/** How runs get in, in this order. */
export interface AdmissionOptions<I> extends Pick<Admission, 'waitSeconds'> {
  /** Of requests with the same key in quick succession only the last becomes work. */
  readonly debounce?: Way<I, 'debounce'>;
  /** One at a time: the next waits, is skipped, or cancels it. */
  readonly singleton?: Way<I, 'singleton'>;
  /** Requests become one run, whose tasks read `$input.items`. */
  readonly batch?: Way<I, 'batch'>;
  readonly limits?: readonly LimitOption<BeforeIn<I>>[];
}

export function readLimits(limits: readonly LimitOption<Everything>[]): object[] {
  return limits.map((limit) => keyed(limit));
}

export function readAdmission<I>({ debounce, singleton, batch, limits, waitSeconds }: AdmissionOptions<I>): object {
  return {
    ...(debounce && { debounce: keyed(debounce) }),
    ...(singleton && { singleton: keyed(singleton) }),
    ...(batch && { batch: keyed(batch) }),
    ...(limits && { limits: limits.map((limit) => keyed(limit)) }),
    ...(waitSeconds !== undefined && { waitSeconds }),
  };
}

interface WithKey {
  readonly key?: string | ((scope: Everything) => Expr<unknown>);
}

/** With its key written out. */
function keyed({ key, ...rest }: WithKey): object {
  if (key === undefined) return rest;
  return { ...rest, key: typeof key === 'string' ? key : key(EVERYTHING).toJSON() };
}
