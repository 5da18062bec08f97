import type { ContainerId } from '../../../lambdas/testing/hooks.ts';
import type { Program } from '../programs/plan.ts';
import type { Random } from '../random.ts';
import type { Ledger } from './ledger.ts';
import type { Tuned } from './tunable.ts';

/** Where in a task its agent is when something may befall it. */
export type Moment = 'begin' | 'before_effect' | 'after_effect';

/** What may befall an agent at work: it dies, or stands still for so long (ms). */
export type Mishap = { readonly dies: true } | { readonly stands: number };

/** One execution of a task. */
export interface AtWork {
  readonly container: ContainerId;
  readonly runId: string;
  readonly taskId: string;
  readonly attempt: number;
  readonly effects: 'none' | 'idempotent' | 'outside';
}

/** The history that is being played; the agents' code is made once and looks here for what it should do. */
export interface Stage {
  /** By workflow name. */
  readonly programs: ReadonlyMap<string, Program>;
  readonly ledger: Ledger;
  readonly random: Random;
  /** How long the next piece of work takes. */
  effortMs(): number;
  /** What the faults do to an agent at this moment, if anything. */
  befall(work: AtWork, moment: Moment): Mishap | undefined;
  /** True while everything that depends on the outside service fails. */
  isDown(): boolean;
  /** This piece of work makes its process die, now. */
  kills(work: AtWork): void;
  /** This piece of work never ends, and its process stands still with it. */
  hangs(work: AtWork): void;
  /** The container does nothing at all for so long, and then goes on as if nothing had been. */
  freeze(container: ContainerId, ms: number): void;
  /** An execution begins, `late` when its time is over already. */
  executed(work: AtWork, late: boolean): void;
  /** What it found set of its agent. */
  tuned(work: AtWork, agent: string, tuned: Tuned): void;
}

let current: Stage | undefined;

export function setStage(stage: Stage | undefined): void {
  current = stage;
}

export function theStage(): Stage {
  if (!current) throw new Error('no history is being played');
  return current;
}
