import type { ResultValue } from '../../contracts/blob.ts';
import type { BusEvent } from '../../contracts/bus-events.ts';
import { asJson, type Json, type JsonObject } from '../../contracts/json.ts';
import { LIMITS } from '../../contracts/limits.ts';
import type { Blobs } from '../../runtime/ports.ts';
import { failureOf, runFields } from '../../workflow/effects.ts';
import { taskAt } from '../../workflow/evolve.ts';
import { outputTasks, type RunState } from '../../workflow/state.ts';

/** The run's result: its output tasks' results by task id, or where the whole lies when it is large. */
export async function resultOf(state: RunState, blobs: Blobs): Promise<ResultValue> {
  const results: Record<string, Json> = {};
  for (const index of outputTasks(state)) {
    const task = taskAt(state, index);
    if (!task.result) continue;
    results[task.definition.id] = 'value' in task.result ? task.result.value : { ref: task.result.ref };
  }
  const small = JSON.stringify(results).length <= LIMITS.inlineBody;
  return small ? { value: results } : { ref: await blobs.put(state.request.tenant, results) };
}

/** The event that tells the world how the run ended. */
export async function outcomeEvent(state: RunState, blobs: Blobs): Promise<BusEvent> {
  const endedAt = state.endedAt ?? state.startedAt;
  const fields = { ...runFields(state), at: new Date(endedAt).toISOString(), duration_ms: endedAt - state.startedAt };
  if (state.phase === 'completed') {
    return { name: 'workflow_completed', detail: { ...fields, result: asJson(await resultOf(state, blobs)) } };
  }
  if (state.phase === 'cancelled') {
    return { name: 'workflow_cancelled', detail: { ...fields, reason: state.cancelReason ?? '' } };
  }
  const task = state.failedTask === undefined ? undefined : taskAt(state, state.failedTask).definition.id;
  return {
    name: 'workflow_failed',
    detail: { ...fields, error: failureOf(state), ...(task !== undefined && { task_id: task }) },
  };
}

/** What the lifecycle execution gets to see: enough to find the rest. */
export function tokenOutput(state: RunState): JsonObject {
  return { run_id: state.runId, status: state.phase };
}
