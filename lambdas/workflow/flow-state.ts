import type { Gate } from '../contracts/flow-control.ts';
import type { TaskIndex } from './events.ts';

/** What a run knows of one flow: what it was granted since it began, and who of it waits. */
export interface FlowState {
  readonly gate: Gate;
  /** Permits asked for since the run began; of those, how many it does not wait for any more. */
  readonly asked: number;
  readonly withdrawn: number;
  /** Permits that the flow has given since the run began. */
  readonly granted: number;
  /** Of those, how many it needs no more: given back, or used up where nothing is held. */
  readonly returned: number;
  /** Of those, how many its tasks and the run itself hold. */
  readonly used: number;
  /** Tasks that wait for a permit. */
  readonly waiting: number;
  /** They, and maybe some that do not wait any more: a heap, first by urgency, then by rank. */
  readonly line: readonly TaskIndex[];
  /** How many began to wait when, the oldest first; together as many as wait. */
  readonly ages: ReadonlyArray<readonly [at: number, tasks: number]>;
  /** The run itself must pass it to get in, or has. */
  readonly run?: 'waits' | 'in';
  /** Since when the run itself waits. */
  readonly runSince?: number;
  /** It was asked for a permit at least once: at the end it is told that the run is done. */
  readonly known?: true;
}

/** A flow being folded. */
export type FlowDraft = { -readonly [K in keyof Omit<FlowState, 'line' | 'ages'>]: FlowState[K] } & {
  line: TaskIndex[];
  ages: Array<readonly [at: number, tasks: number]>;
};

/** A run's way in. `gates` and `passed`: those it must pass, and how many of them it has. */
export interface AdmissionState {
  readonly stage: 'new' | 'asking' | 'admitted';
  readonly gates: readonly string[];
  readonly passed: number;
  /** It had been in before, and was reopened. */
  readonly again?: true;
}

/** The run's deadline while it has none: year 9999. */
export const NO_DEADLINE = 253_370_764_800_000;

/** Holding a permit of these keeps others out until it is given back; of the others it is used up at once. */
export function isHeld({ rule: { kind } }: Gate): boolean {
  return kind === 'concurrency' || kind === 'singleton';
}

/** How many wait: tasks, and the run itself. */
export function demandOf({ waiting, run }: Pick<FlowState, 'waiting' | 'run'>): number {
  return waiting + (run === 'waits' ? 1 : 0);
}

/** Permits that nobody has taken yet. */
export function freeOf({ granted, returned, used }: FlowState): number {
  return granted - returned - used;
}

/** It wants nothing of the flow and holds nothing. */
export function isIdle(flow: FlowState): boolean {
  return demandOf(flow) === 0 && flow.granted === flow.returned;
}

/** Since when the oldest waits. */
export function waitsSince({ ages, runSince }: FlowState): number | undefined {
  return runSince ?? ages[0]?.[0];
}

export function newFlow(gate: Gate): FlowState {
  return { gate, asked: 0, withdrawn: 0, granted: 0, returned: 0, used: 0, waiting: 0, line: [], ages: [] };
}

/** Asks for what those who wait need beside what was granted, and takes back what nobody waits for any more. */
export function balance(flow: FlowDraft): void {
  const more = Math.max(flow.granted, flow.returned + flow.used + demandOf(flow)) - (flow.asked - flow.withdrawn);
  if (more > 0) flow.asked += more;
  else flow.withdrawn -= more;
}
