import type { Gate } from '../contracts/flow-control.ts';
import type { AskFlow } from '../contracts/messages.ts';
import type { FlowEvent } from './events.ts';
import type { FlowDraft } from './evolve.ts';
import type { FlowState } from './state.ts';

/** What a turn works on: messages to one flow, opened, in the order they came. */
export type FlowInput =
  | { readonly type: 'ask_flow'; readonly payload: AskFlow }
  | { readonly type: 'wake_flow' }
  | { readonly type: 'refused'; readonly messageId: string; readonly code: string; readonly reason: string };

export interface FlowDecision {
  readonly events: FlowEvent[];
  /** The state after those events. */
  readonly state: FlowState;
  /** There is more to do than fits into one turn: come back by a message to yourself. */
  readonly more: boolean;
  /** A message said nothing new: it may have been heard before, by a turn that was not finished. */
  readonly idle: boolean;
}

/** A draft, the events that led to it, and the time. */
export interface FlowTurn {
  readonly draft: FlowDraft;
  readonly gate: Gate;
  /** ms; never earlier than the flow's last entry. */
  readonly now: number;
  emit(event: FlowEvent): void;
}

/** A turn tells at most this many runs something, so that its journal entry stays small. */
export const MOST_RUNS_PER_TURN = 1_000;
