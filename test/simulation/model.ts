import type { Json, JsonObject } from '../../lambdas/contracts/json.ts';
import { isOver, type RunView, type TaskView } from './journal-view.ts';
import type { Bindings } from './programs/expressions.ts';
import { type Behaviour, GENEROUS, type Program, pathOf, type TaskPlan, UNDO_ATTEMPTS, type Work } from './programs/plan.ts';
import { workResult } from './programs/work-result.ts';

/*
 * What a program must come to, worked out by walking over it once: no queues, no attempts, no time. Where several ends
 * are legal (a person may be asked or not, a fault may use up the silent attempts), the one that was observed is held
 * against all of them, and the walk goes on with it; so most programs have exactly one legal end.
 */

/** How a task may end. */
export type Fate =
  | { readonly is: 'completed'; readonly value: Json }
  | { readonly is: 'skipped' }
  | { readonly is: 'failed'; readonly tolerated: boolean };

export interface Observed {
  readonly view: RunView;
  /** A task's result, opened. */
  resultOf(task: TaskView): Json;
  /** The run that a task's sub-workflow was, whose own end is checked apart. */
  childrenOf(taskId: string): readonly RunView[];
  /** What a run answered: its results by task. */
  outputOf(run: RunView): Json;
}

export interface ModelOptions {
  /** Faults were at work: attempts may have ended in silence. */
  readonly disturbed: boolean;
  /** Ends that the world may force on a run: its parent's cancel. */
  readonly mayBeCancelled?: boolean;
  /** Services were down: any task of an agent may have failed for good. */
  readonly storm?: boolean;
}

/** What is wrong with how the run ended, if anything. */
export function judge(program: Program, observed: Observed, options: ModelOptions): string[] {
  const walk = createWalk(program, observed, options);
  for (const task of program.tasks) walk.visit(task);
  return [...walk.faults, ...judgeTolerance(program, observed), ...judgeEnd(program, observed, options, walk)];
}

interface Walk {
  readonly faults: string[];
  /** Tasks that may have failed the run. */
  readonly fatal: Set<string>;
  visit(task: TaskPlan): void;
}

function createWalk(program: Program, observed: Observed, options: ModelOptions): Walk {
  const { view } = observed;
  const faults: string[] = [];
  const fatal = new Set<string>();
  /** How each task ended, as far as it may have. */
  const ends = new Map<string, Fate>();
  const members = new Map<string, string[]>();
  const plans = new Map<string, TaskPlan>();

  function visit(task: TaskPlan): void {
    plans.set(task.id, task);
    if (task.group !== undefined) members.set(task.group, [...(members.get(task.group) ?? []), task.id]);
    const seen = view.byId.get(task.id);
    if (!seen) {
      faults.push(`the run has no task ${task.id}`);
      return;
    }
    const fates = fatesOf(task);
    const end = accept(task, seen, fates);
    if (end) ends.set(task.id, end);
    if (task.kind === 'type') visitAdded(task.id, task.work.adds, seen);
  }

  /** Tasks come with their maker's own report, and with nothing that stands in for it. */
  function visitAdded(id: string, adds: readonly TaskPlan[], by: TaskView): void {
    const there = adds.filter((added) => view.byId.has(added.id));
    const own = by.status === 'completed' && !by.late && !by.usesFallback && by.decision !== 'complete';
    if (there.length > 0 && by.status !== 'completed') faults.push(`M: ${there[0]?.id} was added by ${id}, which ${by.status}`);
    if (own && there.length < adds.length) faults.push(`L: ${id} completed, but of its ${adds.length} new tasks only ${there.length} are there`);
    if (there.length > 0) adds.forEach(visit);
  }

  /** The legal fate that was observed; undefined for what was cut off by the end of the run. */
  function accept(task: TaskPlan, seen: TaskView, fates: readonly Fate[]): Fate | undefined {
    if (fates.some((fate) => fate.is === 'failed' && !fate.tolerated)) fatal.add(task.id);
    if (seen.status === 'cancelled' && view.phase !== 'completed') return undefined;
    // No further attempt is made while a run is taken back.
    if (seen.late && seen.status === 'failed' && fates.length > 0) return undefined;
    if (!isOver(seen)) {
      faults.push(`L: ${task.id} was left ${seen.status}`);
      return undefined;
    }
    const found = fates.find((fate) => matches(fate, seen));
    if (found) return found;
    const got = seen.status === 'completed' ? `completed with ${short(observed.resultOf(seen))}` : `${seen.status}${seen.status === 'failed' ? ` (${seen.error?.code}, tolerated: ${seen.tolerated})` : ''}`;
    faults.push(`E: ${task.id} ${got}; it should have ${fates.map(told).join(' or ') || 'not begun'}`);
    return undefined;
  }

  function matches(fate: Fate, seen: TaskView): boolean {
    if (fate.is !== seen.status) return false;
    if (fate.is === 'failed') return fate.tolerated === seen.tolerated;
    return fate.is !== 'completed' || canonical(fate.value) === canonical(observed.resultOf(seen));
  }

  function fatesOf(task: TaskPlan): Fate[] {
    const dependencies = task.dependsOn.flatMap((name) => members.get(name) ?? [name]);
    // One that failed for good, or never ended, keeps this one from beginning.
    if (dependencies.some((id) => !mayGoOn(ends.get(id)))) return [];
    if (task.dependsOn.length > 0 && dependencies.length > 0 && dependencies.every((id) => ends.get(id)?.is === 'skipped')) return [{ is: 'skipped' }];
    const bindings = bindingsOf(task);
    if (task.when) {
      const holds = task.when.meaning(bindings);
      if (holds === false) return [{ is: 'skipped' }];
      if (holds !== true) return failing(task, 'data');
    }
    return task.each ? itemFates(task, task.each, bindings) : workFates(task, bindings, task.id);
  }

  function mayGoOn(end: Fate | undefined): boolean {
    return end !== undefined && (end.is !== 'failed' || end.tolerated);
  }

  function valueOf(id: string): Json | undefined {
    const end = ends.get(id);
    return end?.is === 'completed' ? end.value : undefined;
  }

  /** What the task's expressions see, and what its agent gets to see. */
  function upstreamOf(task: TaskPlan): JsonObject {
    const results: Record<string, Json> = {};
    for (const name of task.dependsOn) {
      if (task.sees && !task.sees.includes(name)) continue;
      const group = members.get(name);
      if (group) results[name] = group.map((id) => valueOf(id) ?? null);
      else {
        const value = valueOf(name);
        if (value !== undefined) results[name] = value;
      }
    }
    return results;
  }

  function bindingsOf(task: TaskPlan): Bindings {
    return { input: program.input, results: upstreamOf(task) };
  }

  function itemFates(task: TaskPlan, each: NonNullable<TaskPlan['each']>, bindings: Bindings): Fate[] {
    const items = 'source' in each.items ? each.items.meaning(bindings) : each.items;
    if (!Array.isArray(items)) return failing(task, 'data');
    const list: Json[] = [];
    let failures = 0;
    let cut = false;
    const { optional: _, ...own } = task;
    items.forEach((item, index) => {
      const id = `${task.id}.${index}`;
      const seen = view.byId.get(id);
      if (!seen) return void (cut = true);
      // Whether a failure is tolerated shows in the whole: each may be one or the other.
      const fates = workFates(own as TaskPlan, { ...bindings, item, index }, id).flatMap((fate): Fate[] =>
        fate.is === 'failed' ? [{ is: 'failed', tolerated: true }, { is: 'failed', tolerated: false }] : [fate],
      );
      const found = fates.find((fate) => matches(fate, seen));
      if (seen.status === 'cancelled' || (seen.late && seen.status === 'failed')) cut = true;
      else if (!found) faults.push(`E: ${id} is ${seen.status} (${seen.error?.code ?? (seen.status === 'completed' ? short(observed.resultOf(seen)) : '')}); it should have ${fates.map(told).join(' or ')}`);
      if (found?.is === 'failed') failures += 1;
      list.push(found?.is === 'completed' ? found.value : null);
    });
    const tooMany = failures > (each.tolerate ?? 0);
    if (tooMany) return ends_of_failure(task);
    // The run may have ended before all of its items were made or done.
    return cut ? [] : [{ is: 'completed', value: list }];
  }

  function ends_of_failure(task: TaskPlan): Fate[] {
    return toleration(task);
  }

  function workFates(task: TaskPlan, bindings: Bindings, id: string): Fate[] {
    switch (task.kind) {
      case 'type':
        return agentFates(task, task.work, bindings, id);
      case 'value': {
        const value = task.value.meaning(bindings);
        return value === undefined ? failing(task, 'data') : [{ is: 'completed', value }];
      }
      case 'waitFor':
        return task.wait.at === undefined ? failing(task, 'non_recoverable') : [{ is: 'completed', value: task.wait.payload }];
      case 'ask': {
        const { answers, timeoutSeconds } = task.ask;
        if (timeoutSeconds !== undefined) return failing(task, 'non_recoverable');
        const [first] = answers;
        const counted = options.disturbed ? answers : first ? [first] : [];
        return counted.map(({ decision }) => ({ is: 'completed', value: { decision, comment: `about ${id}`, decided_by: 'person' } }));
      }
      case 'workflow': {
        const runs = observed.childrenOf(id);
        const completed = runs.filter((run) => run.phase === 'completed').map((run): Fate => ({ is: 'completed', value: observed.outputOf(run) }));
        const ended = runs.some((run) => run.phase === 'failed' || run.phase === 'cancelled');
        return [...completed, ...(ended ? [...failing(task, 'non_recoverable'), ...failing(task, 'data')] : [])];
      }
      case 'consensus':
        return consensusFates(task);
    }
  }

  function agentFates(task: TaskPlan, work: Work, bindings: Bindings, id: string): Fate[] {
    const reads: Json[] = [];
    for (const read of work.reads) {
      const value = read.meaning(bindings);
      if (value === undefined) return failing(task, 'data');
      reads.push(value);
    }
    const { item, index } = bindings;
    const inputs = { path: pathOf(program, task.id), reads, upstream: upstreamOf(task), ...(item !== undefined && { item }), ...(index !== undefined && { index }) };
    const done: Fate = { is: 'completed', value: asStored(workResult(inputs, work.pad)) };
    return [...naturalFates(task, work, done, id), ...(options.disturbed ? silentFates(task, done) : []), ...(options.storm ? failing(task, 'system', done) : [])];
  }

  /** How it ends when only its agent's behaviour stands in its way. */
  function naturalFates(task: TaskPlan, { behaviour, effects }: Work, done: Fate, _id: string): Fate[] {
    switch (behaviour.does) {
      case 'succeed':
      case 'run_long':
        return [done];
      case 'fail':
        if (behaviour.times <= GENEROUS) return [done];
        return failing(task, behaviour.with, done);
      case 'refuse':
        // Whoever else could have had it may have fallen silent over it.
        return options.disturbed ? [done, ...failing(task, 'non_recoverable', done)] : [done];
      case 'hang':
        return behaviour.times >= 3 || effects === 'outside' ? silentFates(task, done) : [done];
      case 'crash':
        return [done, ...silentFates(task, done)];
    }
  }

  /** Nobody knows what became of it: its fallback, or a person. */
  function silentFates(task: TaskPlan, done: Fate): Fate[] {
    const outside = task.kind === 'type' && task.work.effects === 'outside';
    if (outside && task.fallback) {
      // Nothing stands in for what may have taken place; a message that was given up on is another matter.
      const { fallback, ...bare } = task;
      return [...silentFates(bare as TaskPlan, done), ...fallbackFates(task, fallback, 'unknown', done)];
    }
    if (task.fallback) return fallbackFates(task, task.fallback, 'unknown', done);
    return task.escalate === 'fail' ? toleration(task) : answered(task, done);
  }

  /** All automatic ways are used up after a failure of this class. */
  function failing(task: TaskPlan, kind: string, done?: Fate): Fate[] {
    if (kind === 'data') return toleration(task);
    if (task.fallback) return fallbackFates(task, task.fallback, kind, done);
    return task.escalate === 'person' ? answered(task, done) : toleration(task);
  }

  function fallbackFates(task: TaskPlan, fallback: NonNullable<TaskPlan['fallback']>, kind: string, done?: Fate): Fate[] {
    if ('value' in fallback) return [{ is: 'completed', value: fallback.value }];
    const inputs = { path: `${pathOf(program, task.id)}|fallback`, reads: [], upstream: upstreamOf(task) };
    const instead: Fate = { is: 'completed', value: asStored(workResult(inputs, 0)) };
    const { fallback: _, ...bare } = task;
    const without = bare as TaskPlan;
    const natural = never(fallback.work) ? failing(without, 'non_recoverable', done) : [instead];
    // Its own work may be done after all, by an attempt that was thought lost.
    const late = done && kind === 'unknown' ? [done] : [];
    return [...natural, ...late, ...(options.disturbed ? silentFates(without, instead) : []), ...(options.storm ? failing(without, 'system', instead) : [])];
  }

  /** What comes of it when a person is asked, who answers by the program. */
  function answered(task: TaskPlan, done?: Fate): Fate[] {
    switch (task.escalated) {
      case 'retry':
        return done ? [done] : toleration(task);
      case 'complete':
        return [{ is: 'completed', value: { v: PERSON_ANSWERS } }, ...(options.disturbed ? toleration(task) : [])];
      case 'skip':
        return [{ is: 'failed', tolerated: true }, ...(options.disturbed ? toleration(task) : [])];
      case 'fail':
        return toleration(task);
    }
  }

  /** It has failed: does the run go on without it? */
  function toleration({ optional, group }: TaskPlan): Fate[] {
    if (optional) return [{ is: 'failed', tolerated: true }];
    const tolerate = group === undefined ? 0 : (program.groups[group]?.tolerate ?? 0);
    if (tolerate === 0) return [{ is: 'failed', tolerated: false }];
    // Which of a group's failures are the tolerated ones is a matter of order: the run's end tells.
    return [{ is: 'failed', tolerated: true }, { is: 'failed', tolerated: false }];
  }

  function votersOf(id: string): Array<{ id: string; result: Json | undefined }> {
    const list = valueOf(id);
    const children = view.byId.get(id)?.children;
    if (!children) return [{ id, result: list }];
    const results = Array.isArray(list) ? list : [];
    return children.map((child, index) => ({ id: child, result: view.byId.get(child)?.status === 'completed' ? results[index] : undefined }));
  }

  function consensusFates(task: TaskPlan & { kind: 'consensus' }): Fate[] {
    const { threshold = 0.5, tie, weights = {} } = task.consensus;
    const tally = new Map<string, number>();
    const votes: Record<string, Json> = {};
    const given: Record<string, Json> = {};
    // Of a group or a forEach, each task has a vote.
    const voters = task.dependsOn.flatMap((name) => (members.get(name) ?? [name]).flatMap(votersOf));
    const { quorum = voters.length } = task.consensus;
    for (const { id, result } of voters) {
      if (result === undefined) continue;
      const vote = typeof result === 'object' && result !== null && !Array.isArray(result) && result.vote !== undefined ? result.vote : result;
      votes[id] = vote;
      given[id] = weights[id] ?? 1;
      const key = canonical(vote);
      tally.set(key, (tally.get(key) ?? 0) + (weights[id] ?? 1));
    }
    if (Object.keys(votes).length < quorum) return failing(task, 'non_recoverable');
    const total = [...tally.values()].reduce((sum, weight) => sum + weight, 0);
    const most = Math.max(...tally.values());
    const leaders = [...tally].filter(([, weight]) => weight === most).map(([key]) => key);
    if (leaders.length > 1 && tie === 'fail') return failing(task, 'non_recoverable');
    const [winner = 'null'] = leaders;
    if (leaders.length === 1 && most <= total * threshold) return failing(task, 'non_recoverable');
    const value = { decision: JSON.parse(winner) as Json, for: most, against: total - most, votes, weights: given };
    return [{ is: 'completed', value }];
  }

  return { faults, fatal, visit };
}

/** What people answer in place of a task. */
export const PERSON_ANSWERS = 4_711;

const never = (behaviour: Behaviour): boolean => 'times' in behaviour && behaviour.times > GENEROUS;
const asStored = (value: object): Json => JSON.parse(JSON.stringify(value)) as Json;

function canonical(value: Json): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function short(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

function told(fate: Fate): string {
  if (fate.is === 'completed') return `completed with ${short(fate.value)}`;
  return fate.is === 'failed' ? `failed (${fate.tolerated ? 'tolerated' : 'for good'})` : 'been skipped';
}

/** No more of a group's failures were tolerated than it tolerates. */
function judgeTolerance(program: Program, { view }: Observed): string[] {
  return Object.entries(program.groups).flatMap(([name, { tolerate = 0 }]) => {
    const tolerated = view.tasks.filter(
      ({ definition, status, tolerated: so, decision }) => definition.group === name && status === 'failed' && so && !definition.optional && decision !== 'skip',
    );
    return tolerated.length > tolerate ? [`E: group ${name} tolerates ${tolerate} failures, ${tolerated.length} were`] : [];
  });
}

/** Why the run ended as it did. */
function judgeEnd(program: Program, { view }: Observed, options: ModelOptions, walk: Walk): string[] {
  const faults: string[] = [];
  switch (view.phase) {
    case 'completed':
      break;
    case 'cancelled':
      if (program.cancelAt === undefined && !options.mayBeCancelled) faults.push('E: the run was cancelled though nobody asked for it');
      break;
    case 'failed': {
      const { code } = view.error ?? { code: 'nothing' };
      if (code === 'workflow_deadline') {
        if (program.timeoutSeconds >= 86_400) faults.push('E: the run passed its deadline, which was far away');
      } else if (view.failedTask === undefined || !walk.fatal.has(parentOf(view.failedTask))) {
        faults.push(`E: the run failed for ${view.failedTask ?? 'no task'} (${code}: ${view.error?.message}), which should not have failed it`);
      }
      break;
    }
    default:
      faults.push(`L: the run never ended, it is ${view.phase}`);
  }
  for (const { id, undoOf, status } of view.tasks) {
    if (undoOf === undefined || status === 'cancelled') continue;
    const plan = findPlan(program, parentOf(undoOf));
    const succeeds = plan?.undo !== undefined && plan.undo.failures < UNDO_ATTEMPTS;
    const ok = options.disturbed ? status === 'completed' || status === 'failed' : status === (succeeds ? 'completed' : 'failed');
    if (!ok) faults.push(`E: ${id} ${status}, but undoing it ${succeeds ? 'works' : 'fails'}`);
  }
  return faults;
}

/** A task's plan is its forEach's. */
export function parentOf(taskId: string): string {
  return taskId.replace(/(\.\d+|\.undo)+$/, '');
}

export function findPlan(program: Program, id: string): TaskPlan | undefined {
  const search = (tasks: readonly TaskPlan[]): TaskPlan | undefined => {
    for (const task of tasks) {
      if (task.id === id) return task;
      const inner = task.kind === 'type' ? search(task.work.adds) : undefined;
      if (inner) return inner;
    }
    return undefined;
  };
  return search(program.tasks);
}
