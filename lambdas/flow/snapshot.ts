import type { Claim, FlowState } from './state.ts';

type Stored = Omit<FlowState, 'claims'> & { readonly claims: ReadonlyArray<readonly [run: string, claim: Claim]> };

/** The state as plain JSON. */
export function snapshotFlow(state: FlowState): unknown {
  return { ...state, claims: [...state.claims] } satisfies Stored;
}

/** The opposite of {@link snapshotFlow}. */
export function restoreFlow(snapshot: unknown): FlowState {
  const stored = snapshot as Stored;
  return { ...stored, claims: new Map(stored.claims) };
}
