import type { ResultValue, UpstreamValue } from '../contracts/blob.ts';
import type { Degraded } from '../contracts/bus-events.ts';
import type { JsonObject } from '../contracts/json.ts';
import type { TaskIndex } from './events.ts';
import { rangeOf } from './graph.ts';
import { nameFor } from './own-names.ts';
import { type RunState, type TaskState, taskAt } from './state.ts';

/** What a task answered; a forEach answers the list of what its tasks did. */
export function resultOf(state: RunState, index: TaskIndex): UpstreamValue | undefined {
  const { status, children, result } = taskAt(state, index);
  if (status !== 'completed') return undefined;
  return children ? itemResults(state, children) : result;
}

/** The results that a task may see: of what it depends on, less what its definition hides. */
export function visibleResults(state: RunState, task: TaskState): Record<string, UpstreamValue> {
  if (task.undoOf !== undefined) return {};
  const whole = task.parent === undefined ? task : taskAt(state, task.parent);
  const { dependsOn = [], sees } = whole.definition;
  const visible: Record<string, UpstreamValue> = {};
  for (const id of dependsOn) {
    const name = nameFor(state, whole, id);
    if (sees?.results && !sees.results.includes(name)) continue;
    const index = state.indexOf.get(id);
    const value = index === undefined ? groupResults(state, id) : resultOf(state, index);
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
  const { definition, status, degraded, tolerated, undoOf, owner, error, fallback } = task;
  if (undoOf !== undefined) return undefined;
  const about = { task_id: definition.id, ...((fallback ?? error) && { error: fallback ?? error }) };
  if (status === 'completed' && degraded) return { ...about, how: degraded };
  // Whoever has delegated a task is told what became of it.
  return status === 'failed' && tolerated && owner === undefined ? { ...about, how: 'missing' } : undefined;
}

/** A member that is a forEach stands there as the list of its own tasks' results. */
function groupResults(state: RunState, name: string): UpstreamValue | undefined {
  const group = state.groups[name];
  return (
    group && {
      list: group.members.map((index) => {
        const { children, status } = taskAt(state, index);
        return children && status === 'completed' ? itemResults(state, children) : ownResult(state, index);
      }),
    }
  );
}

/** The tasks of a forEach are of any other kind: none of them is a list again. */
function itemResults(state: RunState, children: NonNullable<TaskState['children']>) {
  return { list: [...rangeOf(children)].map((index) => ownResult(state, index)) };
}

function ownResult(state: RunState, index: TaskIndex): ResultValue | null {
  const { status, result } = taskAt(state, index);
  return status === 'completed' && result ? result : null;
}
