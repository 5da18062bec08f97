import type { Gate } from '../contracts/flow-control.ts';
import type { FlowEvent } from './events.ts';
import { type Claim, type FlowState, heldBy } from './state.ts';

/** What journaled turns owe the world. Each may be carried out more than once. */
export type FlowEffect =
  /** Tells the run how the flow stands towards it. */
  | { readonly type: 'tell'; readonly run: string; readonly claim: Claim }
  | { readonly type: 'check'; readonly run: string; readonly claim: Claim }
  | { readonly type: 'cancel'; readonly run: string; readonly claim: Claim; readonly by: string }
  | { readonly type: 'timer'; readonly at: number }
  /** Without a time: none. */
  | { readonly type: 'wake'; readonly at?: number }
  | { readonly type: 'list'; readonly gate: Gate }
  | { readonly type: 'unlist'; readonly gate: Gate };

/** The effects of these events that still matter in `state`. Pure; each run is told once, how it stands now. */
export function flowEffects(state: FlowState, events: readonly FlowEvent[]): FlowEffect[] {
  const told = new Set<string>();
  const checked = new Set<string>();
  const effects: FlowEffect[] = [];
  let timer: number | undefined;
  let wakes = false;
  for (const event of events) {
    if (event.type === 'permits_granted') for (const [run] of event.grants) told.add(run);
    if (event.type === 'permits_asked' && event.answer) told.add(event.run);
    if (event.type === 'claim_refused') told.add(event.run);
    if (event.type === 'batch_gathered') for (const run of [event.leader, ...event.members]) told.add(run);
    if (event.type === 'claims_checked') for (const run of event.runs) checked.add(run);
    if (event.type === 'claim_doubted') checked.add(event.run);
    if (event.type === 'holder_cancelled') effects.push(...cancellation(state, event));
    if (event.type === 'timer_armed') timer = event.at;
    wakes ||= event.type === 'wake_set';
  }
  for (const run of told) {
    const claim = state.claims.get(run);
    if (claim && (heldBy(claim) > 0 || claim.refused || claim.batch)) effects.push({ type: 'tell', run, claim });
  }
  for (const run of checked) {
    const claim = state.claims.get(run);
    if (claim && claim.unanswered > 0) effects.push({ type: 'check', run, claim });
  }
  if (timer !== undefined) effects.push({ type: 'timer', at: timer });
  if (wakes) {
    const { wake, gate } = state;
    effects.push({ type: 'wake', ...(wake !== undefined && { at: wake }) });
    if (gate) effects.push({ type: wake === undefined ? 'unlist' : 'list', gate });
  }
  return effects;
}

function cancellation(state: FlowState, { run, by }: { run: string; by: string }): FlowEffect[] {
  const claim = state.claims.get(run);
  // One that has come back since is another holder.
  return claim?.cancelled && heldBy(claim) > 0 ? [{ type: 'cancel', run, claim, by }] : [];
}
