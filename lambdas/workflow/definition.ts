import { type OutputUnit, Validator } from '@cfworker/json-schema';
import { DataError, issuesOf } from '../contracts/errors.ts';
import type { JsonObject } from '../contracts/json.ts';
import { type TaskDefinition, WorkflowDefinition } from '../contracts/workflow-definition.ts';
import { listExpressions } from './expressions.ts';

/*
 * Is this definition sound, and does this input fit it? Pure, linear in the size of the document, and iterative:
 * a chain of 20,000 tasks must not meet the end of the stack. Every fault is a DataError whose `details.field`
 * points into the document, such as "tasks.3.dependsOn.0". The JSON Schema validator is the only library here
 * beside zod: small, pure, and it interprets schemas instead of compiling them to code.
 */

/** The most tasks a run may have, those it adds while it runs included. */
export const MAX_TASKS = 20_000;
/** The most dependencies in one definition, counted over all its tasks. */
export const MAX_DEPENDENCIES = 200_000;

/**
 * A definition as it comes from outside, checked and with its defaults filled in.
 * @throws DataError `invalid_definition`, `duplicate_task`, `unknown_dependency`, `duplicate_dependency`,
 * `cyclic_graph` (the message has the circle's path), `unknown_output`, `too_many_dependencies`
 */
export function checkDefinition(value: unknown): WorkflowDefinition {
  const parsed = WorkflowDefinition.safeParse(value);
  if (!parsed.success) {
    const first = parsed.error.issues[0];
    const unknownKey = first?.code === 'unrecognized_keys' ? first.keys.slice(0, 1) : [];
    const field = [...(first?.path ?? []), ...unknownKey].join('.');
    throw fault('invalid_definition', field, `the definition is malformed: ${issuesOf(parsed.error).slice(0, 1_000)}`);
  }
  const definition = parsed.data;
  checkGraph(definition.tasks, { has: () => false, size: 0 });
  const ids = new Set(definition.tasks.map((task) => task.id));
  for (const [index, id] of definition.output?.entries() ?? []) {
    if (!ids.has(id)) {
      throw fault('unknown_output', `output.${index}`, `output names "${id}", which is no task${didYouMean(id, ids)}`);
    }
  }
  return definition;
}

/**
 * New tasks for a run that is under way (decomposition): ids must be new, dependencies may point at old and new ones.
 * @param existing the ids of the run's tasks, as a Set or a Map's keys
 * @throws DataError as {@link checkDefinition}, and `too_many_tasks`
 */
export function checkAddedTasks(
  existing: { has(id: string): boolean; readonly size: number },
  tasks: readonly TaskDefinition[],
): void {
  if (existing.size + tasks.length > MAX_TASKS) {
    throw fault('too_many_tasks', 'tasks', `a run has at most ${MAX_TASKS} tasks; split the work over several runs`);
  }
  checkGraph(tasks, existing);
}

/** @throws DataError `unknown_task_type` with the nearest known names */
export function checkTaskTypes(definition: Pick<WorkflowDefinition, 'tasks'>, knownTypes: Iterable<string>): void {
  const known = new Set(knownTypes);
  for (const [index, task] of definition.tasks.entries()) {
    if (known.has(task.type)) continue;
    const reason = `task "${task.id}": no registered agent can do "${task.type}"${didYouMean(task.type, known)}`;
    throw fault('unknown_task_type', `tasks.${index}.type`, reason);
  }
}

/**
 * The input against the definition's JSON Schema (2020-12). Nothing is coerced and no default is applied.
 * @throws DataError `invalid_input` with a field like `input.sources.flights.kind`;
 * `invalid_definition` when the schema itself can't be used
 */
export function checkInput(definition: Pick<WorkflowDefinition, 'input'>, input: JsonObject): void {
  if (!definition.input) return;
  const found = schemaErrors(definition.input, input);
  const first = found[0];
  if (!first) return;
  const reasons = found.map((error) => `${error.field}: ${error.reason}`);
  throw fault('invalid_input', first.field, `the input does not fit the workflow's schema: ${reasons.join('; ')}`);
}

/**
 * The expressions in task inputs, by whoever knows the language.
 * @param check answers what is wrong with a source, without evaluating it
 * @throws DataError `invalid_expression` with a field like `tasks.0.input.list.1`; whatever `check` throws
 */
export async function checkExpressions(
  definition: Pick<WorkflowDefinition, 'tasks'>,
  check: (source: string) => Promise<string | undefined> | string | undefined,
): Promise<void> {
  for (const [index, task] of definition.tasks.entries()) {
    for (const { path, source } of listExpressions(task.input ?? null)) {
      const wrong = await check(source);
      if (!wrong) continue;
      const field = ['tasks', index, 'input', ...path].join('.');
      throw fault('invalid_expression', field, `task "${task.id}": ${wrong}`);
    }
  }
}

/** ` (did you mean …?)` with up to three known names, nearest first. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const near = [...known]
    .slice(0, 500)
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.max(2, Math.max(name.length, candidate.length) * 0.4))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => `"${candidate}"`);
  return near.length > 0 ? ` (did you mean ${near.join(' or ')}?)` : '';
}

function checkGraph(
  tasks: readonly TaskDefinition[],
  existing: { has(id: string): boolean; readonly size: number },
): void {
  const indexOf = new Map<string, number>();
  for (const [index, { id }] of tasks.entries()) {
    if (indexOf.has(id) || existing.has(id)) {
      throw fault('duplicate_task', `tasks.${index}.id`, `two tasks are called "${id}"; task ids are unique in a run`);
    }
    indexOf.set(id, index);
  }
  let total = 0;
  for (const [index, { id, dependsOn = [] }] of tasks.entries()) {
    total += dependsOn.length;
    const seen = new Set<string>();
    for (const [position, dependency] of dependsOn.entries()) {
      const field = `tasks.${index}.dependsOn.${position}`;
      if (!indexOf.has(dependency) && !existing.has(dependency)) {
        const hint = didYouMean(dependency, indexOf.keys());
        throw fault('unknown_dependency', field, `task "${id}" depends on "${dependency}", which is no task${hint}`);
      }
      if (seen.has(dependency)) {
        throw fault('duplicate_dependency', field, `task "${id}" names "${dependency}" twice; once is enough`);
      }
      seen.add(dependency);
    }
  }
  if (total > MAX_DEPENDENCIES) {
    const hint = 'put a task that gathers between the two layers';
    throw fault('too_many_dependencies', 'tasks', `${total} dependencies are more than ${MAX_DEPENDENCIES}; ${hint}`);
  }
  const cycle = findCycle(tasks, indexOf);
  if (cycle) throw cycleFault(tasks, cycle);
}

/** The tasks of one circle, each depending on the next; undefined when there is none (Kahn, 1962). */
function findCycle(tasks: readonly TaskDefinition[], indexOf: ReadonlyMap<string, number>): number[] | undefined {
  const inside = tasks.map(({ dependsOn = [] }) => dependsOn.flatMap((id) => indexOf.get(id) ?? []));
  const waiting = inside.map((dependencies) => dependencies.length);
  const dependents: number[][] = tasks.map(() => []);
  for (const [index, dependencies] of inside.entries()) for (const on of dependencies) dependents[on]?.push(index);
  const free = [...waiting.keys()].filter((index) => waiting[index] === 0);
  for (let next = free.pop(); next !== undefined; next = free.pop()) {
    for (const dependent of dependents[next] ?? []) {
      const left = (waiting[dependent] ?? 0) - 1;
      waiting[dependent] = left;
      if (left === 0) free.push(dependent);
    }
  }
  // Whatever still waits depends on something that still waits: following that must come back to where it was.
  let at = waiting.findIndex((left) => left > 0);
  if (at < 0) return undefined;
  const place = new Map<number, number>();
  const walk: number[] = [];
  while (!place.has(at)) {
    place.set(at, walk.length);
    walk.push(at);
    at = inside[at]?.find((on) => (waiting[on] ?? 0) > 0) ?? at;
  }
  return walk.slice(place.get(at));
}

function cycleFault(tasks: readonly TaskDefinition[], cycle: readonly number[]): DataError {
  const start = cycle.indexOf(cycle.reduce((least, index) => Math.min(least, index)));
  const ids = [...cycle.slice(start), ...cycle.slice(0, start)].map((index) => tasks[index]?.id ?? '');
  const closed = [...ids, ids[0] ?? ''];
  const shown =
    closed.length > 14 ? [...closed.slice(0, 10), `… ${closed.length - 12} more …`, ...closed.slice(-2)] : closed;
  const first = cycle[start] ?? 0;
  const position = tasks[first]?.dependsOn?.indexOf(closed[1] ?? '') ?? 0;
  const reason = `tasks wait for each other in a circle: ${shown.join(' → ')}; take one of these dependencies out`;
  return fault('cyclic_graph', `tasks.${first}.dependsOn.${position}`, reason, { cycle: closed.slice(0, 100) });
}

/** Five faults at most, the innermost only: that "sources" does not fit because "sources.flights" does not is no news. */
function schemaErrors(schema: JsonObject, input: JsonObject): Array<{ field: string; reason: string }> {
  let errors: OutputUnit[];
  try {
    errors = new Validator(schema, '2020-12', false).validate(input).errors;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw fault('invalid_definition', 'definition.input', `the workflow's input schema can't be used: ${reason}`);
  }
  const outer = new Set([
    'if',
    'properties',
    'additionalProperties',
    'patternProperties',
    'items',
    'prefixItems',
    'allOf',
    '$ref',
  ]);
  const inner = errors.filter((error) => !outer.has(error.keyword));
  return (inner.length > 0 ? inner : errors).slice(0, 5).map((error) => {
    const path = ['input', ...error.instanceLocation.split('/').slice(1).map(unescapePointer)];
    if (error.keyword === 'required') path.push(/"(.*)"/.exec(error.error)?.[1] ?? '');
    const reason = error.keyword === 'false' ? 'is not a property the schema knows' : error.error;
    return { field: path.join('.'), reason: reason.slice(0, 200) };
  });
}

function unescapePointer(part: string): string {
  return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

function fault(code: string, field: string, message: string, more: JsonObject = {}): DataError {
  return new DataError(code, message.slice(0, 2_000), { field, ...more });
}
