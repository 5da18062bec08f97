import type { Hooks } from '../../../lambdas/testing/hooks.ts';
import type { InProcessPlatform } from '../../../lambdas/testing/in-process-platform.ts';
import type { AtWork, Mishap, Moment } from '../fleet/stage.ts';
import type { Program } from '../programs/plan.ts';
import type { Random } from '../random.ts';

/** What a history plays in. */
export interface World {
  readonly platform: InProcessPlatform;
  readonly startedAt: number;
  readonly programs: Map<string, Program>;
}

/** What a kind of fault has to work with. */
export interface FaultContext {
  readonly random: Random;
  world(): World;
  /** ms since the history began. */
  elapsed(): number;
  /** True while faults may strike, with a chance that grows with the history's strength; counts it when it does. */
  strikes(chance: number): boolean;
  /** True while faults may strike at all. */
  isOn(): boolean;
  /** Counts one that struck. */
  fired(times?: number): void;
}

/** Where a kind of fault puts its hand in. */
export interface Hand extends Hooks {
  befall?(work: AtWork, moment: Moment): Mishap | undefined;
  isDown?(): boolean;
  /** Once the history has been set up. */
  begin?(): void | Promise<void>;
  /** When faults end. */
  end?(): void;
  /** What only this fault can break, when all is over. */
  check?(): string[] | Promise<string[]>;
}

export interface FaultKind {
  /** In the matrix. */
  readonly number: number;
  readonly does: string;
  arm(context: FaultContext): Hand;
}
