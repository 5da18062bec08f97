import type { ResultValue, UpstreamValue } from '../contracts/blob.ts';
import type { Degraded } from '../contracts/bus-events.ts';
import type { JsonObject } from '../contracts/json.ts';
import type { TaskIndex } from './events.ts';
import { rangeOf } from './graph.ts';
import { type RunState, type TaskState, taskAt } from './state.ts';

/** What a task answered; a forEach answers the list of what its tasks did. */
export function resultOf(state: RunState, index: TaskIndex): UpstreamValue | undefined {
  const { status, children, result } = taskAt(state, index);
  if (status !== 'completed') return undefined;
  return children ? listOf(state, rangeOf(children)) : result;
}

/** The results that a task may see: of what it depends on, less what its definition hides. */
export function visibleResults(state: RunState, task: TaskState): Record<string, UpstreamValue> {
  if (task.undoOf !== undefined) return {};
  const { dependsOn = [], sees } = (task.parent === undefined ? task : taskAt(state, task.parent)).definition;
  const names = sees?.results ? dependsOn.filter((name) => sees.results?.includes(name)) : dependsOn;
  const visible: Record<string, UpstreamValue> = {};
  for (const name of names) {
    const index = state.indexOf.get(name);
    const value = index === undefined ? groupResults(state, name) : resultOf(state, index);
    if (value) visible[name] = value;
  }
  return visible;
}

/** The part of the run's input that a task may see. */
export function visibleInput(state: RunState, { definition }: TaskState): JsonObject {
  const fields = definition.sees?.input;
  if (!fields) return state.input;
  return Object.fromEntries(Object.entries(state.input).filter(([name]) => fields.includes(name)));
}

/** Tasks whose part of the run's result is missing or stands in, for whoever reads the outcome. */
export function degradedTasks(state: RunState): Degraded[] {
  return state.tasks.flatMap((task) => degradationOf(task) ?? []);
}

/** What is degraded about a task that is over, if anything. */
export function degradationOf(task: TaskState): Degraded | undefined {
  const { definition, status, degraded, tolerated, undoOf, error, fallback } = task;
  if (undoOf !== undefined) return undefined;
  const about = { task_id: definition.id, ...((fallback ?? error) && { error: fallback ?? error }) };
  if (status === 'completed' && degraded) return { ...about, how: degraded };
  return status === 'failed' && tolerated ? { ...about, how: 'missing' } : undefined;
}

function groupResults(state: RunState, name: string): UpstreamValue | undefined {
  const group = state.groups[name];
  return group && listOf(state, group.members);
}

function listOf(state: RunState, indices: Iterable<TaskIndex>): UpstreamValue {
  const list: Array<ResultValue | null> = [];
  for (const index of indices) {
    const { status, result } = taskAt(state, index);
    list.push(status === 'completed' && result ? result : null);
  }
  return { list };
}
