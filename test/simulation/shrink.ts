import { type HistoryReport, playHistory } from './history.ts';
import type { HistoryPlan } from './plan-history.ts';
import type { Program, TaskPlan } from './programs/plan.ts';

export interface Shrunk {
  readonly plan: HistoryPlan;
  readonly report: HistoryReport;
  /** Histories played to find it. */
  readonly tries: number;
}

/**
 * Makes a history that violates an invariant smaller for as long as it still violates one: fewer kinds of faults, an
 * earlier end of faults, fewer tasks, fewer things about each task.
 */
export async function shrink(plan: HistoryPlan, report: HistoryReport, maxTries = 400): Promise<Shrunk> {
  let best = { plan, report };
  let tries = 0;
  for (let progress = true; progress && tries < maxTries; ) {
    progress = false;
    for (const smaller of smallerPlans(best.plan)) {
      if (tries >= maxTries) break;
      tries += 1;
      const found = await tryOut(smaller);
      if (!found) continue;
      best = { plan: smaller, report: found };
      progress = true;
      break;
    }
  }
  return { ...best, tries };
}

/** The report, if the plan still violates something. A plan that makes no sense any more does not count. */
async function tryOut(plan: HistoryPlan): Promise<HistoryReport | undefined> {
  try {
    const report = await playHistory(plan);
    const senseless = report.violations.some((violation) => violation.includes('a sound request was rejected'));
    return report.violations.length > 0 && !senseless ? report : undefined;
  } catch {
    return undefined;
  }
}

function* smallerPlans(plan: HistoryPlan): Generator<HistoryPlan> {
  if (plan.programs.length > 1) for (const program of plan.programs) yield { ...plan, programs: [program] };
  for (const fault of plan.faults) yield { ...plan, faults: plan.faults.filter((other) => other !== fault) };
  if (plan.calmAfterMs > 2_000) yield { ...plan, calmAfterMs: Math.floor(plan.calmAfterMs / 2) };
  if (plan.commands) {
    const { commands: _, ...rest } = plan;
    yield rest;
  }
  if (plan.measures) yield { ...plan, measures: false };
  for (const [index, program] of plan.programs.entries()) {
    // Runs of the same workflow stay so.
    if (plan.programs.findIndex(({ name }) => name === program.name) !== index) continue;
    for (const smaller of smallerPrograms(program)) {
      yield { ...plan, programs: plan.programs.map((other) => asSmallAs(smaller, other, other === program)) };
    }
  }
}

function asSmallAs(smaller: Program, other: Program, isIt: boolean): Program {
  if (isIt) return smaller;
  if (other.name !== smaller.name) return other;
  const { copy, input, requestedAt, cancelAt } = other;
  const { cancelAt: _, ...rest } = smaller;
  return {
    ...{ ...rest, input },
    ...(copy !== undefined && { copy }),
    ...(requestedAt !== undefined && { requestedAt }),
    ...(cancelAt !== undefined && { cancelAt }),
  };
}

export function* smallerPrograms(program: Program): Generator<Program> {
  const ids = program.tasks.map(({ id }) => id);
  for (let size = Math.ceil(ids.length / 2); size >= 1; size = size === 1 ? 0 : Math.floor(size / 2)) {
    for (let from = 0; from < ids.length; from += size) {
      const without = new Set(ids.slice(from, from + size));
      if (without.size < ids.length) yield withoutTasks(program, without);
    }
  }
  if (program.cancelAt !== undefined) {
    const { cancelAt: _, ...rest } = program;
    yield rest;
  }
  if (program.admission) {
    const { admission: _, ...rest } = program;
    yield rest;
  }
  for (const [index, task] of program.tasks.entries()) {
    for (const simpler of simplerTasks(task)) yield { ...program, tasks: program.tasks.with(index, simpler) };
  }
}

/** The program without these tasks, and without all that speaks of them. */
export function withoutTasks(program: Program, without: ReadonlySet<string>): Program {
  const left = program.tasks.filter(({ id }) => !without.has(id));
  const groups = new Set(left.flatMap(({ group }) => group ?? []));
  const emptied = Object.keys(program.groups).filter((name) => !groups.has(name));
  const gone = new Set([...without, ...emptied]);
  const { output, ...rest } = program;
  const named = output?.filter((id) => !gone.has(id)) ?? [];
  return { ...rest, tasks: left.map((task) => withoutNames(task, gone)), ...(named.length > 0 && { output: named }) };
}

/** A task that depends on what is gone no longer reads anything of what it depends on. */
function withoutNames(task: TaskPlan, gone: ReadonlySet<string>): TaskPlan {
  const dependsOn = task.dependsOn.filter((name) => !gone.has(name));
  if (dependsOn.length === task.dependsOn.length) return task;
  const { when: _, sees, ...rest } = task;
  const kept = { ...rest, dependsOn, ...(sees && { sees: sees.filter((id) => !gone.has(id)) }) };
  if (kept.kind === 'type') return { ...kept, work: { ...kept.work, reads: [] } };
  if (kept.kind === 'value' || (kept.kind === 'consensus' && dependsOn.length === 0)) return plain(kept);
  if (kept.kind !== 'consensus') return kept;
  const { weights: _weights, ...consensus } = kept.consensus;
  return { ...kept, consensus: { ...consensus, quorum: 1 } };
}

/** A task that just succeeds, in the place of another. */
function plain({ id, dependsOn, group }: TaskPlan): TaskPlan {
  const work = { effects: 'none', behaviour: { does: 'succeed' }, attempts: 20, pad: 0, adds: [], reads: [] } as const;
  return { kind: 'type', work, id, dependsOn, escalated: 'retry', ...(group !== undefined && { group }) };
}

/** With less to wait for: the places of the other calls are others then, but so they are for the agent. */
function* withFewerRounds(task: TaskPlan): Generator<TaskPlan> {
  if (task.kind !== 'type' || !task.work.rounds) return;
  const { rounds, ...work } = task.work;
  yield { ...task, work };
  for (const [index, round] of rounds.entries()) {
    yield { ...task, work: { ...work, rounds: rounds.toSpliced(index, 1) } };
    for (const place of round.keys()) {
      if (round.length > 1) yield { ...task, work: { ...work, rounds: rounds.with(index, round.toSpliced(place, 1)) } };
    }
    for (const [place, own] of round.entries()) {
      for (const [at, mine] of own.tasks.entries()) {
        for (const simpler of simplerTasks(mine)) {
          const less = { ...own, tasks: own.tasks.with(at, simpler) };
          yield { ...task, work: { ...work, rounds: rounds.with(index, round.with(place, less)) } };
        }
      }
    }
  }
}

function* simplerTasks(task: TaskPlan): Generator<TaskPlan> {
  yield* withFewerRounds(task);
  if (task.kind !== 'type' || task.each || task.fallback || task.undo || task.when || task.work.adds.length > 0)
    yield plain(task);
  if (task.dependsOn.length > 1 && task.kind !== 'consensus' && !task.when) {
    const bare = task.kind === 'type' ? { ...task, work: { ...task.work, reads: [] } } : task;
    if (task.kind !== 'value') yield { ...bare, dependsOn: task.dependsOn.slice(0, 1), ...(task.sees && { sees: [] }) };
  }
  for (const field of [
    'when',
    'each',
    'group',
    'fallback',
    'undo',
    'priority',
    'select',
    'sees',
    'optional',
    'escalate',
    'limits',
  ] as const) {
    if (task[field] === undefined) continue;
    const { [field]: _, ...rest } = task;
    yield rest as TaskPlan;
  }
}
