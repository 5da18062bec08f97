import type { Gate } from '../contracts/flow-control.ts';
import type { Draft } from './draft.ts';
import { type FlowDraft, type FlowState, newFlow } from './flow-state.ts';

/** The flow, to write in. What a turn does not touch, it does not copy. */
export function flowAt(draft: Draft, id: string): FlowDraft {
  const flow = draft.flows.get(id);
  if (!flow) throw new Error(`run ${draft.runId} has no flow ${id}: its journal is damaged`);
  return own(draft, id, flow);
}

/** The flow of a gate; the newest rule counts. */
export function openFlow(draft: Draft, gate: Gate): void {
  const known = draft.flows.get(gate.flow_id);
  own(draft, gate.flow_id, known ?? newFlow(gate)).gate = gate;
}

function own(draft: Draft, id: string, flow: FlowState): FlowDraft {
  if (!draft.ownFlows) {
    draft.ownFlows = new Map();
    draft.flows = new Map(draft.flows);
  }
  const mine = draft.ownFlows.get(id) ?? { ...flow, line: flow.line.slice(), ages: flow.ages.slice() };
  draft.ownFlows.set(id, mine);
  draft.flows.set(id, mine);
  return mine;
}
