import type { ResultValue } from '../../contracts/blob.ts';
import type { BusEvent, Compensation } from '../../contracts/bus-events.ts';
import { asJson, type Json, type JsonObject } from '../../contracts/json.ts';
import { LIMITS } from '../../contracts/limits.ts';
import type { Blobs } from '../../runtime/ports.ts';
import { failureOf, runFields } from '../../workflow/effects.ts';
import { degradedTasks, resultOf as taskResult } from '../../workflow/results.ts';
import { outputTasks, type RunState, taskAt } from '../../workflow/state.ts';

/** The run's result: its output tasks' results by task id, or where the whole lies when it is large. */
export async function resultOf(state: RunState, blobs: Pick<Blobs, 'put'>): Promise<ResultValue> {
  if (state.result) return state.result;
  const results: Record<string, Json> = {};
  for (const index of outputTasks(state)) {
    const result = taskResult(state, index);
    if (result) results[taskAt(state, index).definition.id] = plain(result);
  }
  const small = JSON.stringify(results).length <= LIMITS.inlineBody;
  return small ? { value: results } : { ref: await blobs.put(state.request.tenant, results) };
}

function plain(result: NonNullable<ReturnType<typeof taskResult>>): Json {
  if ('list' in result) return result.list.map((item) => (item === null ? null : plain(item)));
  return 'value' in result ? result.value : { ref: result.ref };
}

/** The event that tells the world how the run ended. */
export async function outcomeEvent(state: RunState, blobs: Pick<Blobs, 'put'>): Promise<BusEvent> {
  const endedAt = state.endedAt ?? state.startedAt;
  const fields = {
    ...runFields(state),
    at: new Date(endedAt).toISOString(),
    duration_ms: endedAt - state.startedAt,
    ...(state.usage && { usage: state.usage }),
  };
  if (state.phase === 'completed') {
    const degraded = degradedTasks(state);
    const result = asJson(await resultOf(state, blobs));
    return { name: 'workflow_completed', detail: { ...fields, result, ...(degraded.length > 0 && { degraded }) } };
  }
  const compensation = state.ending ? { compensation: compensationOf(state) } : {};
  if (state.phase === 'cancelled') {
    return { name: 'workflow_cancelled', detail: { ...fields, reason: state.cancelReason ?? '', ...compensation } };
  }
  const task = state.failedTask === undefined ? undefined : taskAt(state, state.failedTask).definition.id;
  return {
    name: 'workflow_failed',
    detail: { ...fields, error: failureOf(state), ...(task !== undefined && { task_id: task }), ...compensation },
  };
}

/** What was taken back, and what could not be. */
function compensationOf(state: RunState): Compensation {
  const undone: string[] = [];
  const failed: Compensation['failed'] = [];
  for (const { undoOf, status, error } of state.tasks) {
    if (undoOf === undefined) continue;
    const { id } = taskAt(state, undoOf).definition;
    const silent = {
      code: 'not_undone',
      class: 'non_recoverable',
      message: 'there was no time left to undo it',
    } as const;
    if (status === 'completed') undone.push(id);
    else failed.push({ task_id: id, error: error ?? silent });
  }
  return { undone, failed };
}

/** What the lifecycle execution gets to see: enough to find the rest. */
export function tokenOutput(state: RunState): JsonObject {
  return { run_id: state.runId, status: state.phase };
}
