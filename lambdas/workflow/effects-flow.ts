import type { FlowRule } from '../contracts/flow-control.ts';
import { withTheirs } from './effects-own.ts';
import type { RunEvent, TaskIndex } from './events.ts';
import { isHeld } from './flow-state.ts';
import type { RunState } from './state.ts';

/**
 * The flows that must hear how the run stands after this event: those it asks for permits, and those that get some back.
 * What they hear are numbers of the current state, which only grow, so that one message speaks for all that came before.
 */
export function flowsToldOf(state: RunState, event: RunEvent): string[] {
  switch (event.type) {
    case 'permits_asked':
      return [event.flow];
    case 'permits_granted':
      return event.returned === undefined ? [] : [event.flow];
    case 'admission_begun':
    case 'run_reopened':
    case 'batch_joined':
    case 'batch_left':
      return standing(state);
    case 'gate_passed': {
      // One that is passed and not held has done its part.
      const passed = state.flows.get(event.flow);
      return [...(passed && !isHeld(passed.gate) ? [event.flow] : []), ...standing(state)];
    }
    case 'tasks_completed':
      return givenBack(
        state,
        event.done.map(([index]) => index),
      );
    case 'tasks_skipped':
    case 'tasks_held':
      return givenBack(state, event.tasks);
    case 'attempt_failed':
    case 'task_failed':
    case 'task_suspended':
    case 'tasks_delegated':
    case 'fallback_chosen':
      return givenBack(state, [event.task]);
    case 'run_paused':
    case 'run_held':
    case 'run_edited':
    case 'compensation_begun':
    case 'run_completed':
    case 'run_failed':
    case 'run_cancelled':
      return [...state.flows].flatMap(([id, { known }]) => (known ? [id] : []));
    default:
      return [];
  }
}

/** The flow at which the run itself stands. */
function standing(state: RunState): string[] {
  const { admission } = state;
  const at = admission?.stage === 'asking' ? admission.gates[admission.passed] : undefined;
  return at === undefined ? [] : [at];
}

/** Flows whose permits these tasks may have held. */
function givenBack(state: RunState, indices: readonly TaskIndex[]): string[] {
  const { tasks, flows } = state;
  if (flows.size === 0) return [];
  return withTheirs(state, indices).flatMap((index) =>
    (tasks[index]?.gates ?? []).filter((id) => {
      const flow = flows.get(id);
      return flow?.known === true && isHeld(flow.gate);
    }),
  );
}

const REASONS: Readonly<Record<FlowRule['kind'], string>> = {
  debounce: 'it waits until no newer request has come for a while',
  singleton: 'only one with its key may be at work',
  batch: 'it waits until its batch is full, or its time over',
  concurrency: 'only so many may be at work at once',
  rate: 'only so many may begin in a period',
};

/** Where the run stands since this event, and still does. */
export function queuedAt(state: RunState, event: Extract<RunEvent, { type: 'admission_begun' | 'gate_passed' }>) {
  const [at] = standing(state);
  const gates = state.admission?.gates ?? [];
  const next = event.type === 'admission_begun' ? gates[0] : gates[gates.indexOf(event.flow) + 1];
  const gate = at === undefined || at !== next ? undefined : state.flows.get(at)?.gate;
  if (!gate) return undefined;
  return { flow_id: gate.flow_id, limit: gate.name, key: gate.key, reason: REASONS[gate.rule.kind] };
}
