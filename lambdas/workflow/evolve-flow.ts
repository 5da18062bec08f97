import type { Draft } from './draft.ts';
import type { RunEvent } from './events.ts';
import { flowAt, openFlow } from './flow-draft.ts';
import { balance, isHeld, NO_DEADLINE } from './flow-state.ts';
import { leaveReady } from './graph.ts';
import { opened } from './opened.ts';
import { joinLine, runPasses, runWaits, takePermits } from './permits.ts';
import { taskAt } from './state.ts';

/** Events of limits, and of the run's own way in. */
export type FlowControlEvent = Extract<
  RunEvent,
  {
    type:
      | 'admission_begun'
      | 'gate_passed'
      | 'run_admitted'
      | 'gates_set'
      | 'permits_asked'
      | 'permits_granted'
      | 'permits_taken'
      | 'batch_led'
      | 'batch_joined'
      | 'batch_left';
  }
>;

export function foldFlowControl(draft: Draft, event: FlowControlEvent, at: number): void {
  switch (event.type) {
    case 'admission_begun':
      for (const gate of event.gates) openFlow(draft, gate);
      draft.admission = { stage: 'asking', gates: event.gates.map(({ flow_id }) => flow_id), passed: 0 };
      draft.deadline = event.until ?? NO_DEADLINE;
      waitAtNext(draft, at);
      return;
    case 'gate_passed': {
      if (!draft.admission) return;
      runPasses(draft, event.flow);
      draft.admission = { ...draft.admission, passed: draft.admission.passed + 1 };
      waitAtNext(draft, at);
      return;
    }
    case 'run_admitted':
      if (draft.admission) draft.admission = { ...draft.admission, stage: 'admitted' };
      draft.deadline = event.deadline;
      return;
    case 'batch_led':
      draft.batch = { members: event.members };
      draft.input = { items: opened(event.items) };
      return;
    case 'batch_joined': {
      draft.batch = { leader: event.leader };
      draft.deadline = NO_DEADLINE;
      const flow = draft.admission?.gates[draft.admission.passed];
      if (flow !== undefined) runPasses(draft, flow);
      return;
    }
    case 'batch_left':
      draft.leftBatches = [...(draft.leftBatches ?? []), event.leader];
      if (!draft.batch) return;
      delete draft.batch;
      waitAtNext(draft, at);
      return;
    case 'gates_set': {
      for (const gate of event.gates) openFlow(draft, gate);
      const gates = event.gates.map(({ flow_id }) => flow_id);
      for (const index of event.tasks) draft.tasks[index] = { ...taskAt(draft, index), gates };
      return;
    }
    case 'permits_asked':
      leaveReady(draft, event.tasks);
      joinLine(draft, event.flow, event.tasks, at);
      return;
    case 'permits_granted': {
      const flow = flowAt(draft, event.flow);
      flow.granted = event.granted;
      flow.returned += event.returned ?? 0;
      balance(flow);
      return;
    }
    case 'permits_taken':
      takePermits(draft, event.flow, event.tasks, at);
      return;
  }
}

/**
 * A run that had ended goes on. One that had been in waits once more for what it must not do beside others; one that had
 * not begins at the first gate.
 */
export function admitAnew(draft: Draft, at: number): void {
  const { admission } = draft;
  if (!admission || admission.stage === 'new') return;
  const wasIn = admission.stage === 'admitted' || admission.again === true;
  const gates = wasIn ? admission.gates.filter((id) => isHeld(flowAt(draft, id).gate)) : admission.gates;
  if (gates.length === 0) return;
  draft.admission = { stage: 'asking', gates, passed: 0, ...(wasIn && { again: true }) };
  if (draft.batch && 'leader' in draft.batch) delete draft.batch;
  const seconds = draft.definition.admission?.waitSeconds;
  draft.deadline = seconds === undefined ? NO_DEADLINE : at + seconds * 1_000;
  waitAtNext(draft, at);
}

function waitAtNext(draft: Draft, at: number): void {
  const next = draft.admission?.gates[draft.admission.passed];
  if (next !== undefined) runWaits(draft, next, at);
}
