import type { RunRecord } from '../../lambdas/runtime/ports.ts';
import type { InProcessPlatform } from '../../lambdas/testing/in-process-platform.ts';
import type { JournalEntry } from '../../lambdas/workflow/journal.ts';
import type { ArmedFaults } from './arm-faults.ts';
import type { Ledger } from './fleet/ledger.ts';
import type { Tuning } from './fleet/tunable.ts';
import type { Observed } from './model/fate.ts';
import type { Notes } from './noting.ts';
import type { HistoryPlan } from './plan-history.ts';
import type { Program } from './programs/plan.ts';
import type { RunView } from './view/run-view.ts';

/** What somebody put on the bus. */
export interface Published {
  readonly name: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly at: number;
}

/** A history that is over. */
export interface PlayedHistory {
  readonly plan: HistoryPlan;
  readonly platform: InProcessPlatform;
  readonly startedAt: number;
  readonly programs: ReadonlyMap<string, Program>;
  readonly ledger: Ledger;
  readonly published: readonly Published[];
  /** What kept things from coming to rest, if they did not. */
  readonly busy: string | undefined;
  /** How often an attempt was begun: run/task/attempt. */
  readonly executions: ReadonlyMap<string, number>;
  /** Attempts that killed their process. */
  readonly deadly: ReadonlySet<string>;
  readonly faults: ArmedFaults;
  readonly notes: Notes;
  readonly tunings: readonly Tuning[];
}

/** A run that took place. */
export interface PlayedRun {
  readonly record: RunRecord;
  readonly program: Program;
  readonly view: RunView;
  readonly entries: readonly JournalEntry[];
  /** Of each entry's events, as they lie in the store. */
  readonly bytes: readonly number[];
  readonly observed: Observed;
}
