import type { FlowRule } from '../contracts/flow-control.ts';
import { nextLookAt } from './check-claims.ts';
import { quietAt } from './debounce.ts';
import { batchDueAt } from './gather-batches.ts';
import { nextPermitAt } from './gcra.ts';
import { type FlowState, isWaiting } from './state.ts';
import type { FlowTurn } from './turn.ts';

/** The sweeper looks this long after the timer should have, and may be as much later before the row is worth a write. */
const SWEEP_GRACE_MS = 60_000;
/** A flow that is in use looks after itself this often: so that its snapshot is never older than a day. */
const LONGEST_WAKE_MS = 43_200_000;

/**
 * Sees to it that the flow is looked at again in time: by a timer where minutes matter, and by the sweeper for the rest
 * and in case the timer is lost. Each is renewed only when it has gone off or would be too late.
 */
export function armFlow({ draft, gate, now, emit }: FlowTurn): void {
  const due = nextDueAt(draft);
  const prompt = due === undefined ? undefined : Math.max(now + 1, due);
  const { timer, wake } = draft;
  if (prompt !== undefined && (timer === undefined || timer <= now || prompt < timer)) {
    emit({ type: 'timer_armed', at: prompt });
  }
  if (draft.claims.size === 0) {
    if (wake !== undefined && wake <= now) emit({ type: 'wake_set' });
    return;
  }
  const latest = Math.min(
    prompt === undefined ? Infinity : prompt + SWEEP_GRACE_MS,
    nextLook(draft, gate.rule),
    now + LONGEST_WAKE_MS,
  );
  if (wake !== undefined && wake > now && wake <= latest + SWEEP_GRACE_MS) return;
  emit({ type: 'wake_set', at: Math.max(now + SWEEP_GRACE_MS, latest) });
}

/** When the flow itself can next let somebody in; undefined: only a message can change anything. */
export function nextDueAt(state: FlowState): number | undefined {
  const rule = state.gate?.rule;
  if (rule?.kind === 'debounce') return quietAt(state, rule);
  if (rule?.kind === 'batch') return batchDueAt(state, rule);
  if (rule?.kind !== 'rate' || ![...state.claims.values()].some(isWaiting)) return undefined;
  return Math.ceil(nextPermitAt(rule, state.tat));
}

function nextLook({ claims }: FlowState, rule: FlowRule): number {
  let earliest = Infinity;
  for (const claim of claims.values()) earliest = Math.min(earliest, nextLookAt(claim, rule));
  return earliest;
}
