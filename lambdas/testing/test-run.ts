import type { UpstreamValue } from '../contracts/blob.ts';
import type { BusEvent } from '../contracts/bus-events.ts';
import type { ErrorReport } from '../contracts/errors.ts';
import { type Json, JsonObject } from '../contracts/json.ts';
import { fetchDocuments } from '../platform/coordinator/documents.ts';
import type { Blobs } from '../runtime/ports.ts';
import { failureOf } from '../workflow/effects.ts';
import { evolve } from '../workflow/evolve.ts';
import type { Journal, JournalEntry } from '../workflow/journal.ts';
import { resultOf } from '../workflow/results.ts';
import {
  newRun,
  outputTasks,
  type RunPhase,
  type RunState,
  type TaskState,
  type TaskStatus,
} from '../workflow/state.ts';

/** A task as it stands. */
export interface TestTask {
  readonly id: string;
  readonly status: TaskStatus;
  readonly attempt: number;
  /** Who did it last. */
  readonly agent?: string;
  /** Why this agent was chosen. */
  readonly why?: string;
  /** What stands in for its result, or for it: such as `fallback`, `cached` or `person`. */
  readonly degraded?: string;
  readonly result?: Json;
  readonly error?: ErrorReport;
}

/** A run as it stands, with everything that led there. */
export interface TestRun {
  readonly runId: string;
  readonly status: RunPhase;
  /** Results of the run's output tasks by task id; once it is completed. */
  readonly result?: Readonly<Record<string, Json>>;
  /** Why it failed or was cancelled. */
  readonly error?: ErrorReport;
  /** By task id, those included that were added on the way. */
  readonly tasks: Readonly<Record<string, TestTask>>;
  /** What was published about it on the bus, in order. */
  readonly events: readonly BusEvent[];
  readonly journal: readonly JournalEntry[];
}

/** Folds a run's journal into what a test wants to know of it. */
export async function readTestRun(
  runId: string,
  published: readonly BusEvent[],
  { journal, blobs }: { journal: Journal; blobs: Blobs },
): Promise<TestRun> {
  const entries = await journal.read(runId, 0);
  let state = newRun(runId);
  for (const { events, at } of entries) state = evolve(state, await fetchDocuments(events, blobs), at);
  const tasks: Record<string, TestTask> = {};
  for (const [index, task] of state.tasks.entries())
    tasks[task.definition.id] = await taskOf(state, index, task, blobs);
  const outputs = outputTasks(state).flatMap((index) => state.tasks[index]?.definition.id ?? []);
  const failed = state.phase === 'failed' || state.phase === 'cancelled';
  return {
    runId,
    status: state.phase,
    ...(state.phase === 'completed' && { result: await wholeOf(state, resultsOf(outputs, tasks), blobs) }),
    ...(failed && { error: failureOf(state) }),
    tasks,
    events: published.filter(({ detail }) => 'workflow_id' in detail && detail.workflow_id === runId),
    journal: entries,
  };
}

/** Of the run that did its work too, if one did. */
async function wholeOf({ result }: RunState, own: Record<string, Json>, blobs: Blobs): Promise<Record<string, Json>> {
  return result ? JsonObject.parse(await opened(result, blobs)) : own;
}

function resultsOf(ids: readonly string[], tasks: Readonly<Record<string, TestTask>>): Record<string, Json> {
  const results: Record<string, Json> = {};
  for (const id of ids) {
    const result = tasks[id]?.result;
    if (result !== undefined) results[id] = result;
  }
  return results;
}

async function taskOf(state: RunState, index: number, task: TaskState, blobs: Blobs): Promise<TestTask> {
  const { definition, status, attempt, agent, why, degraded, error } = task;
  const result = resultOf(state, index);
  return {
    ...{ id: definition.id, status, attempt },
    ...(agent !== undefined && { agent }),
    ...(why !== undefined && { why }),
    ...(degraded !== undefined && { degraded }),
    ...(result && { result: await opened(result, blobs) }),
    ...(error && { error }),
  };
}

async function opened(value: UpstreamValue, blobs: Blobs): Promise<Json> {
  if ('list' in value) return Promise.all(value.list.map((one) => (one === null ? null : opened(one, blobs))));
  return 'value' in value ? value.value : blobs.get(value.ref);
}
