import type { Json, JsonObject } from '../../../lambdas/contracts/json.ts';
import type { Bindings } from '../programs/expressions.ts';
import { findPlan } from '../programs/find-plan.ts';
import type { Program, TaskPlan } from '../programs/plan.ts';
import { isOver, type TaskView } from '../view/run-view.ts';
import { failing, type ModelOptions, toleration } from './failing.ts';
import { completed, FATAL, type Fate, matches, type Observed, SKIPPED, TOLERATED, told, toldOf } from './fate.ts';
import { type Voter, workFates } from './work.ts';

export interface Walk {
  readonly faults: string[];
  /** Tasks that may have failed the run. */
  readonly fatal: ReadonlySet<string>;
  /** How each task ended, by its id in the program. */
  readonly ends: ReadonlyMap<string, Fate>;
  /** Tasks are visited in the order of the program: what one depends on comes before it. */
  visit(task: TaskPlan): void;
}

const asItIs = ({ id }: TaskPlan): string => id;

/** Goes over a program's tasks, each with what became of those before it. */
export function createWalk(
  program: Program,
  observed: Observed,
  options: ModelOptions,
  idOf: (task: TaskPlan) => string = asItIs,
): Walk {
  const { view } = observed;
  const isOwn = idOf !== asItIs;
  const faults: string[] = [];
  const fatal = new Set<string>();
  /** How each task ended, as far as it may have. */
  const ends = new Map<string, Fate>();
  /** What the tasks of a forEach answered, whatever became of the whole. */
  const items = new Map<string, Json>();
  const members = new Map<string, string[]>();
  const scene = { program, options, upstreamOf, votersOf, ownEnds };

  function visit(task: TaskPlan): void {
    if (task.group !== undefined) members.set(task.group, [...membersOf(task.group), task.id]);
    const seen = view.byId.get(idOf(task));
    if (!seen) {
      if (isOwn) return;
      faults.push(`L: the run has no task ${task.id}`);
      return;
    }
    const end = accept(task, seen, fatesOf(task));
    if (end) ends.set(task.id, end);
    if (task.kind === 'type') visitAdded(task.id, task.work.adds, seen);
  }

  /** Tasks come with their maker's own report, and with nothing that stands in for it. */
  function visitAdded(id: string, adds: readonly TaskPlan[], by: TaskView): void {
    const there = adds.filter((added) => view.byId.has(added.id));
    const own = by.status === 'completed' && !by.late && !by.usesFallback && by.decision !== 'complete';
    if (there.length > 0 && by.status !== 'completed')
      faults.push(`M: ${there[0]?.id} was added by ${id}, which ${by.status}`);
    if (own && there.length < adds.length)
      faults.push(`L: ${id} completed, but of its ${adds.length} new tasks only ${there.length} are there`);
    if (there.length > 0) adds.forEach(visit);
  }

  /** The legal fate that was observed; undefined for what was cut off by the end of the run. */
  function accept(task: TaskPlan, seen: TaskView, fates: readonly Fate[]): Fate | undefined {
    if (fates.some((fate) => fate.is === 'failed' && !fate.tolerated)) fatal.add(task.id);
    if (seen.status === 'cancelled' && (view.phase !== 'completed' || isOwn)) return undefined;
    // No further attempt is made while a run is taken back.
    if (seen.late && seen.status === 'failed' && fates.length > 0) return undefined;
    if (!isOver(seen)) {
      faults.push(`L: ${task.id} was left ${seen.status}`);
      return undefined;
    }
    return find(seen.id, seen, fates);
  }

  function find(id: string, seen: TaskView, fates: readonly Fate[]): Fate | undefined {
    const found = fates.find((fate) => matches(fate, seen, observed));
    if (!found) {
      const legal = fates.map(told).join(' or ') || 'not begun';
      faults.push(`E: ${id} ${toldOf(seen, observed)}; it should have ${legal}`);
    }
    return found;
  }

  function fatesOf(task: TaskPlan): Fate[] {
    const dependencies = task.dependsOn.flatMap(namedBy);
    // One that failed for good, or never ended, keeps this one from beginning.
    if (dependencies.some((id) => !mayGoOn(endFor(task, id)))) return [];
    if (dependencies.length > 0 && dependencies.every((id) => endFor(task, id)?.is === 'skipped')) return [SKIPPED];
    const bindings = { input: program.input, results: upstreamOf(task) };
    const holds = task.when ? task.when.meaning(bindings) : true;
    if (holds === false) return [SKIPPED];
    if (holds !== true) return failing(scene, task, 'data');
    return task.each ? itemFates(task, task.each, bindings) : workFates(scene, task, bindings, idOf(task), observed);
  }

  function itemFates(task: TaskPlan, each: NonNullable<TaskPlan['each']>, bindings: Bindings): Fate[] {
    const given = 'source' in each.items ? each.items.meaning(bindings) : each.items;
    if (!Array.isArray(given)) return failing(scene, task, 'data');
    const { optional: _, ...own } = task;
    const list: Json[] = [];
    let failures = 0;
    let skipped = 0;
    let cut = false;
    for (const [index, item] of given.entries()) {
      const id = `${idOf(task)}.${index}`;
      const seen = view.byId.get(id);
      // The run may have ended before all of its items were made or done.
      if (!seen || seen.status === 'cancelled' || (seen.late && seen.status === 'failed')) {
        cut = true;
        list.push(null);
        continue;
      }
      const fates = workFates(scene, own, { ...bindings, item, index }, id, observed);
      // Whether a failure is tolerated shows in the whole: each may be one or the other.
      const either = fates.flatMap((fate) => (fate.is === 'failed' ? [TOLERATED, FATAL] : [fate]));
      const found = find(id, seen, either);
      if (found?.is === 'failed' && seen.decision === 'skip') skipped += 1;
      else if (found?.is === 'failed') failures += 1;
      if (found?.is === 'completed') items.set(`${task.id}.${index}`, found.value);
      list.push(found?.is === 'completed' ? found.value : null);
    }
    const { tolerate = 0 } = each;
    const gathered = cut ? [] : [completed(list)];
    if (failures > tolerate) return toleration(scene, task);
    // What a person skips is no failure, but takes the place of one: which came first is a matter of order.
    return failures > 0 && failures + skipped > tolerate ? [...gathered, ...toleration(scene, task)] : gathered;
  }

  function membersOf(group: string): readonly string[] {
    return members.get(group) ?? [];
  }

  function namedBy(name: string): readonly string[] {
    return members.get(name) ?? [name];
  }

  /** How one ended before this task began: what had failed and was tolerated may since have been tried again. */
  function endFor({ id: task }: TaskPlan, id: string): Fate | undefined {
    return view.byId.get(task)?.without?.has(id) ? TOLERATED : ends.get(id);
  }

  function answerFor(task: TaskPlan, id: string): Json | undefined {
    const end = endFor(task, id);
    return end?.is === 'completed' ? end.value : undefined;
  }

  function upstreamOf(task: TaskPlan): JsonObject {
    const results: Record<string, Json> = {};
    for (const name of task.dependsOn) {
      if (task.sees && !task.sees.includes(name)) continue;
      const value = members.has(name)
        ? membersOf(name).map((id) => answerFor(task, id) ?? null)
        : answerFor(task, name);
      if (value !== undefined) results[name] = value;
    }
    return results;
  }

  /** Of a group or a forEach, each task that was done by then has a vote, though the whole may have failed. */
  function votersOf(task: TaskPlan): readonly Voter[] {
    const then = view.byId.get(idOf(task))?.order ?? Number.POSITIVE_INFINITY;
    const isDone = (child: string): boolean => {
      const { status, order = 0 } = view.byId.get(child) ?? {};
      return status === 'completed' && order < then;
    };
    return task.dependsOn.flatMap(namedBy).flatMap((id): Voter[] => {
      const children = view.byId.get(realIdOf(id))?.children;
      if (!children) return [{ id, result: answerFor(task, id) }];
      return children.map((child, index) => ({
        id: isOwn ? `${id}.${index}` : child,
        result: isDone(child) ? items.get(`${id}.${index}`) : undefined,
      }));
    });
  }

  /** None of them fails the run: whoever delegated them is told. */
  function ownEnds(tasks: readonly TaskPlan[], ownId: (task: TaskPlan) => string): ReadonlyMap<string, Fate> {
    const own = createWalk({ ...program, groups: {} }, observed, options, ownId);
    for (const task of tasks) own.visit({ ...task, optional: true });
    faults.push(...own.faults);
    return own.ends;
  }

  function realIdOf(id: string): string {
    const plan = isOwn ? findPlan(program, id) : undefined;
    return plan ? idOf(plan) : id;
  }

  return { faults, fatal, ends, visit };
}

function mayGoOn(end: Fate | undefined): boolean {
  return end !== undefined && (end.is !== 'failed' || end.tolerated);
}
