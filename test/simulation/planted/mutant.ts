import type { FaultName } from '../faults/catalog.ts';
import type { CommandName } from '../plan-history.ts';
import type { Flows } from '../programs/limits.ts';
import type { Mood } from '../programs/plan.ts';

/** A bug of one line, planted into production code to see whether the simulation finds it. */
export interface Mutant {
  readonly id: string;
  /** Under `lambdas/`. */
  readonly file: string;
  /** Must be there exactly once. */
  readonly find: string;
  readonly replace: string;
  /** The rule of the design ("What makes it right") or the invariant that it breaks. */
  readonly rule: number | 'A' | 'L' | 'E' | 'M' | 'B' | 'Q';
  readonly why: string;
  /** Kinds of faults under which it shows best; none: without faults. */
  readonly faults: readonly FaultName[];
  /** How much goes wrong in the programs by themselves; default: any. */
  readonly mood?: Mood;
  /** What the runs share; default: any. */
  readonly flows?: Flows;
  /** Somebody does something to a run in each history, or just this; default: as the seed wants. */
  readonly commands?: true | CommandName;
  /** Most work delegates. */
  readonly delegates?: true;
  /** Histories after which it counts as missed; default 400. */
  readonly within?: number;
}
