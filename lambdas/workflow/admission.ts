import type { JsonObject } from '../contracts/json.ts';
import type { GrantFlow } from '../contracts/messages.ts';
import { failRun } from './end-run.ts';
import { isAdmitted, isStopped, type RunState } from './state.ts';
import { ADMISSION, type Turn } from './turn.ts';

/**
 * Brings a run as far in as it gets within this turn: which gates there are, then one after another.
 * @returns true while it waits: for the answer which gates they are (`asks`), or for a permit
 */
export function letIn(turn: Turn): { readonly waits: boolean; readonly asks?: true } {
  const { draft, emit, context } = turn;
  if (isAdmitted(draft) || draft.phase !== 'running') return { waits: false };
  if (draft.admission?.stage !== 'new' || isStopped(draft)) return { waits: true };
  const known = context.evaluated.get(ADMISSION);
  if (!known) return { waits: true, asks: true };
  if ('error' in known) {
    failRun(turn, known.error);
    return { waits: false };
  }
  const gates = 'gates' in known ? [...known.gates] : [];
  const { waitSeconds } = draft.definition.admission ?? {};
  const until = waitSeconds === undefined ? {} : { until: context.now + waitSeconds * 1_000 };
  emit({ type: 'admission_begun', gates, ...until });
  if (gates.length === 0) admitted(turn);
  return { waits: !isAdmitted(draft) };
}

/** The run has a permit of the gate at which it stood. */
export function getIn(turn: Turn, flow: string, batch?: { items: JsonObject[]; members: string[] }): void {
  const { draft, emit } = turn;
  if (batch) {
    const members = batch.members.filter((member) => member !== draft.runId);
    emit({ type: 'batch_led', items: { value: batch.items }, members });
  }
  emit({ type: 'gate_passed', flow });
  if (waitsAt(draft) === undefined) admitted(turn);
}

/** Another run does the work of this one too. */
export function joinBatch({ draft, emit }: Turn, leader: string): void {
  if (draft.batch !== undefined) return;
  emit({ type: 'batch_joined', leader });
  // It has said already that it never will.
  if (draft.leftBatches?.includes(leader)) emit({ type: 'batch_left', leader });
}

/** The flow will not let it in. */
export function refuseRun({ emit }: Turn, { reason, by }: NonNullable<GrantFlow['refused']>): void {
  emit({ type: 'run_cancelled', reason: reason.slice(0, 1_000), by: by ?? 'admission' });
}

/** It has waited for as long as it may. */
export function giveUpWaiting({ draft, emit }: Turn): void {
  const at = waitsAt(draft);
  const { name, key } = (at === undefined ? undefined : draft.flows.get(at))?.gate ?? { name: '', key: '' };
  const about = key === '' ? `"${name}"` : `"${name}" (key "${key}")`;
  const seconds = draft.definition.admission?.waitSeconds;
  const reason = `it did not get in within ${seconds} s: it waited at ${about}`.slice(0, 1_000);
  emit({ type: 'run_cancelled', reason, by: 'admission' });
}

/** The flow at which the run itself stands. */
export function waitsAt({ admission }: Pick<RunState, 'admission'>): string | undefined {
  return admission?.stage === 'asking' ? admission.gates[admission.passed] : undefined;
}

function admitted({ draft, emit, context }: Turn): void {
  const deadline = context.now + draft.definition.timeoutSeconds * 1_000;
  emit({ type: 'run_admitted', deadline, ...(draft.admission?.again && { again: true }) });
}
