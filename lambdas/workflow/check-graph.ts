import type { DataError } from '../contracts/errors.ts';
import type { TaskDefinition } from '../contracts/workflow-definition.ts';
import { findCycle } from './check-cycles.ts';
import { fault } from './check-fault.ts';
import type { Names } from './check-names.ts';
import { didYouMean } from './did-you-mean.ts';

/** The most dependencies in one definition, counted over all its tasks; on a group, each member counts. */
export const MAX_DEPENDENCIES = 200_000;

/**
 * Every dependency is a task or a group, named once, and nothing waits for itself, not even by way of a group.
 * @throws DataError `unknown_dependency`, `duplicate_dependency`, `own_group`, `too_many_dependencies`, `cyclic_graph`
 */
export function checkGraph(tasks: readonly TaskDefinition[], names: Names): void {
  const members = membersOf(tasks);
  let total = 0;
  for (const [index, task] of tasks.entries()) {
    checkDependencies(index, task, names);
    for (const name of task.dependsOn ?? []) total += members.get(name)?.length ?? 1;
  }
  if (total > MAX_DEPENDENCIES) {
    const hint = 'put a task that gathers between the two layers';
    throw fault('too_many_dependencies', 'tasks', `${total} dependencies are more than ${MAX_DEPENDENCIES}; ${hint}`);
  }
  const waitsFor = (name: string): Iterable<string> => {
    const index = names.tasks.get(name);
    if (index !== undefined) return tasks[index]?.dependsOn ?? [];
    const added = members.get(name) ?? [];
    const before = names.existing.waitsFor?.(name);
    return before ? [...added, ...before] : added;
  };
  const cycle = findCycle(names.tasks.keys(), waitsFor);
  if (cycle) throw cycleFault(tasks, names, cycle);
}

function checkDependencies(index: number, { id, group, dependsOn = [] }: TaskDefinition, names: Names): void {
  const seen = new Set<string>();
  for (const [position, dependency] of dependsOn.entries()) {
    const field = `tasks.${index}.dependsOn.${position}`;
    if (!names.tasks.has(dependency) && !names.groups.has(dependency) && !names.existing.has(dependency)) {
      const hint = didYouMean(dependency, [...names.groups, ...names.tasks.keys()]);
      throw fault('unknown_dependency', field, `task "${id}" depends on "${dependency}", which is no task${hint}`);
    }
    if (dependency === group) {
      const reason = `task "${id}" depends on "${group}", the group it is in: it would wait for itself`;
      throw fault('own_group', field, reason);
    }
    if (seen.has(dependency)) {
      throw fault('duplicate_dependency', field, `task "${id}" names "${dependency}" twice; once is enough`);
    }
    seen.add(dependency);
  }
}

/** Group → ids of those of these tasks that are in it. */
function membersOf(tasks: readonly TaskDefinition[]): ReadonlyMap<string, readonly string[]> {
  const members = new Map<string, string[]>();
  for (const { id, group } of tasks) {
    if (group === undefined) continue;
    const list = members.get(group);
    if (list) list.push(id);
    else members.set(group, [id]);
  }
  return members;
}

/** The circle as seen from the first of these tasks in it. */
function cycleFault(tasks: readonly TaskDefinition[], names: Names, cycle: readonly string[]): DataError {
  const places = cycle.flatMap((name) => names.tasks.get(name) ?? []);
  const first = places.reduce((least, index) => Math.min(least, index));
  const start = cycle.indexOf(tasks[first]?.id ?? '');
  const closed = [...cycle.slice(start), ...cycle.slice(0, start + 1)];
  const position = tasks[first]?.dependsOn?.indexOf(closed[1] ?? '') ?? 0;
  const reason = `tasks wait for each other in a circle: ${shown(closed, names)}; take one of these dependencies out`;
  return fault('cyclic_graph', `tasks.${first}.dependsOn.${position}`, reason, { cycle: closed.slice(0, 100) });
}

function shown(closed: readonly string[], { groups }: Names): string {
  const labels = closed.map((name) => (groups.has(name) ? `${name} (group)` : name));
  const parts =
    labels.length > 14 ? [...labels.slice(0, 10), `… ${labels.length - 12} more …`, ...labels.slice(-2)] : labels;
  return parts.join(' → ');
}
