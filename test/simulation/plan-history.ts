import type { FaultName } from './faults/catalog.ts';
import type { Program } from './programs/plan.ts';

/** To runs, and then to the platform. */
export const COMMANDS = [
  ...(['pause', 'hold', 'reopen', 'fork'] as const),
  ...(['archive', 'restore', 'parameters', 'repair', 'drain', 'cancel'] as const),
] as const;
export type CommandName = (typeof COMMANDS)[number];

/** What somebody does about a run while it is under way. */
export interface Command {
  /** The program's place in the plan. */
  readonly program: number;
  readonly does: CommandName;
  /** ms from the request. */
  readonly atMs: number;
  /** How long it stays so. */
  readonly forMs: number;
  /** What is changed on the way. */
  readonly edit?: Edited;
  readonly fork?: ForkPlan;
}

/** What a person changes of a run: its input, tasks of it, or the version of its definition. */
export type Edited = 'input' | 'tasks' | 'version';

export interface ForkPlan {
  /** Which part of the journal it follows, from 0 to 1. */
  readonly after: number;
  readonly effects: 'recorded' | 'allowed';
  readonly edit?: Edited;
}

/** Somebody does this in the history. */
export const does = ({ commands = [] }: Pick<HistoryPlan, 'commands'>, what: CommandName): boolean =>
  commands.some((command) => command.does === what);

/** All that determines a history: from the seed, or made smaller by hand when one is shrunk. */
export interface HistoryPlan {
  readonly seed: number;
  readonly programs: readonly Program[];
  readonly faults: readonly FaultName[];
  /** From then on nothing fails any more, ms from the start. */
  readonly calmAfterMs: number;
  /** How hard the faults strike, in (0, 1]. */
  readonly strength: number;
  /** The same request once more. */
  readonly repeats?: ReadonlyArray<{ readonly afterMs: number; readonly otherBody: boolean }>;
  readonly commands?: readonly Command[];
  /** The monitor is at work each minute. */
  readonly measures: boolean;
  /** The definition comes with the request, instead of being registered. */
  readonly adHoc: boolean;
  /** Work takes times of all lengths, so that hardly any reports come together. */
  readonly uneven: boolean;
  /** Minutes between the sweeper's calls; as deployed: 1. */
  readonly sweepMinutes: number;
  /** Messages are signed: it takes half as long again, so not in each history. */
  readonly signs?: boolean;
  /** Journals lie in items as DynamoDB has them. */
  readonly storesItems: boolean;
  /** Watches on after everything came to rest. */
  readonly checksQuiet: boolean;
}
