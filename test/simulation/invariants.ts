import type { ResultValue } from '../../lambdas/contracts/blob.ts';
import type { Json } from '../../lambdas/contracts/json.ts';
import { fetchDocuments } from '../../lambdas/platform/coordinator/documents.ts';
import type { RunRecord } from '../../lambdas/runtime/ports.ts';
import type { InProcessPlatform } from '../../lambdas/testing/in-process-platform.ts';
import { evolve } from '../../lambdas/workflow/evolve.ts';
import type { JournalEntry } from '../../lambdas/workflow/journal.ts';
import { childRunId, runIdOf } from '../../lambdas/workflow/run-identity.ts';
import { newRun } from '../../lambdas/workflow/state.ts';
import { checkBreakers } from './check-breakers.ts';
import { checkEffects } from './check-effects.ts';
import { checkNews } from './check-news.ts';
import type { ArmedFaults } from './faults.ts';
import type { Ledger } from './fleet/ledger.ts';
import type { Published } from './history.ts';
import { type RunView, type TaskView, viewOf } from './journal-view.ts';
import { judge, type Observed, parentOf } from './model.ts';
import { type HistoryPlan, requestIdOf } from './plan-history.ts';
import type { Program } from './programs/plan.ts';

export interface PlayedHistory {
  readonly plan: HistoryPlan;
  readonly platform: InProcessPlatform;
  readonly programs: ReadonlyMap<string, Program>;
  readonly ledger: Ledger;
  readonly published: Published;
  /** What kept things from coming to rest, if they did not. */
  readonly busy: string | undefined;
  /** How often an attempt was begun: run/task/attempt. */
  readonly executions: ReadonlyMap<string, number>;
  /** Attempts that killed their process. */
  readonly deadly: ReadonlySet<string>;
  readonly faults: ArmedFaults;
}

/** A run that took place. */
export interface PlayedRun {
  readonly record: RunRecord;
  readonly program: Program;
  readonly view: RunView;
  readonly entries: readonly JournalEntry[];
  readonly observed: Observed;
}

/** Holds the invariants L, E, M, B and Q against a history that is over. */
export async function checkInvariants(history: PlayedHistory): Promise<{ violations: string[]; entries: number }> {
  const { platform, programs, plan, busy, faults } = history;
  const { world } = platform;
  const violations: string[] = [];
  const runs = await readRuns(history);
  const byId = new Map(runs.map((run) => [run.view.runId, run]));
  for (const run of runs) {
    const { program, view, observed, record } = run;
    const say = (fault: string): void => void violations.push(`${program.name}: ${fault}`);
    view.faults.forEach(say);
    const disturbed = plan.faults.length > 0 || plan.programs.some(isRough);
    judge(program, observed, { disturbed, mayBeCancelled: record.requestId !== requestIdOf(program), storm: faults.storms }).forEach(say);
    checkReplay(run).forEach(say);
    checkAttempts(run, disturbed).forEach(say);
    checkWork(run, history, disturbed).forEach(say);
    if (record.status !== view.phase) say(`L: the index of runs says ${record.status}, the journal ${view.phase}`);
  }
  for (const program of plan.programs) {
    if (!byId.has(runIdOf('default', requestIdOf(program)))) violations.push(`${program.name}: L: the request was lost`);
  }
  violations.push(...checkEffects(history, runs), ...checkNews(history, runs), ...checkBreakers(history, runs), ...(await faults.check()));
  if (busy !== undefined) violations.push(`Q: ${busy}`);
  for (const queue of world.queues.all()) {
    if (queue.depth() > 0) violations.push(`Q: ${queue.depth()} messages are left in ${queue.url}`);
  }
  const awake = await world.runs.overdue(Number.MAX_SAFE_INTEGER, 10);
  if (awake.length > 0) violations.push(`Q: ${awake.length} runs still want to be woken`);
  for (const name of programs.keys()) if (name === '') violations.push('a program has no name');
  return { violations, entries: runs.reduce((sum, run) => sum + run.entries.length, 0) };
}

/** An agent of the program stands still or dies by itself, and takes others' attempts along. */
function isRough(program: Program): boolean {
  return program.tasks.some(
    (task) =>
      (task.kind === 'type' && (['hang', 'crash'].includes(task.work.behaviour.does) || isRough({ ...program, tasks: task.work.adds }))) ||
      (task.kind === 'workflow' && isRough(task.child)),
  );
}

async function readRuns({ platform, programs }: PlayedHistory): Promise<PlayedRun[]> {
  const { world } = platform;
  const open = (result: ResultValue): Json => ('value' in result ? result.value : JSON.parse(world.objects.get(result.ref.key) ?? 'null'));
  const views = new Map<string, { record: RunRecord; program: Program; view: RunView; entries: JournalEntry[] }>();
  for (const record of await world.runs.list('default', 1_000)) {
    const program = programs.get(record.workflow);
    if (!program) continue;
    const stored = await world.journal.read(record.runId, 0);
    const entries: JournalEntry[] = [];
    for (const entry of stored) entries.push({ ...entry, events: await fetchDocuments(entry.events, world.blobs) });
    views.set(record.runId, { record, program, entries, view: viewOf(record.runId, entries) });
  }
  return [...views.values()].map((run) => ({ ...run, observed: observe(run.view, views, open) }));
}

function observe(view: RunView, runs: ReadonlyMap<string, { view: RunView }>, open: (result: ResultValue) => Json): Observed {
  const resultIn = (run: RunView, task: TaskView): Json =>
    task.children
      ? task.children.map((id) => {
          const child = run.byId.get(id);
          return child?.status === 'completed' ? resultIn(run, child) : null;
        })
      : task.result
        ? open(task.result)
        : null;
  /** As a run's own result tells it: what is large stays where it is. */
  const plainIn = (run: RunView, task: TaskView): Json => {
    if (task.children) {
      return task.children.map((id) => {
        const child = run.byId.get(id);
        return child?.status === 'completed' ? plainIn(run, child) : null;
      });
    }
    return task.result && 'ref' in task.result ? { ref: task.result.ref } : (task.result?.value ?? null);
  };
  return {
    view,
    resultOf: (task) => resultIn(view, task),
    childrenOf(taskId) {
      const attempts = view.byId.get(taskId)?.attempt ?? 0;
      const parent = { runId: view.runId, request: { tenant: 'default' } };
      return Array.from({ length: attempts }, (_, index) => runs.get(childRunId(parent, taskId, index + 1))?.view).filter((run) => run !== undefined);
    },
    outputOf(run) {
      const named = run.definition?.output ?? lastTasks(run);
      const results: Record<string, Json> = {};
      for (const id of named) {
        const task = run.byId.get(id);
        if (task?.status === 'completed') results[id] = plainIn(run, task);
      }
      return results;
    },
  };
}

/** Those nobody depends on, neither by name nor by group. */
function lastTasks(run: RunView): string[] {
  const awaited = new Set(run.tasks.flatMap(({ definition }) => definition.dependsOn ?? []));
  return run.tasks
    .filter(({ id, definition, parent, undoOf }) => parent === undefined && undoOf === undefined && !awaited.has(id) && !(definition.group !== undefined && awaited.has(definition.group)))
    .map(({ id }) => id);
}

/** The engine's own fold gives the same, entry by entry and all at once, and what the journal view made of it. */
function checkReplay({ view, entries }: PlayedRun): string[] {
  let state = newRun(view.runId);
  try {
    for (const entry of entries) state = evolve(state, entry.events, entry.at);
  } catch (error) {
    return [`M: the journal can't be replayed: ${error instanceof Error ? error.message : String(error)}`];
  }
  const faults: string[] = [];
  if (state.phase !== view.phase) faults.push(`M: replay ends ${state.phase}, the journal says ${view.phase}`);
  state.tasks.forEach((task, index) => {
    const seen = view.tasks[index];
    if (seen?.id !== task.definition.id || seen.status !== statusOf(task.status))
      faults.push(`M: replay has ${task.definition.id} ${task.status}, the journal says ${seen?.id} is ${seen?.status}`);
  });
  return faults;
}

const statusOf = (status: string): string => (status === 'waiting' || status === 'ready' ? 'open' : status);

/** Attempts stay bounded: by the task's own limit where nothing is disturbed, else with the silent ones and an alternative. */
function checkAttempts({ view, entries }: PlayedRun, disturbed: boolean): string[] {
  const mostOf = ({ definition, refused }: TaskView): number => {
    const own = definition.retry?.maxAttempts ?? 3;
    return disturbed ? Math.max(own, 3) + 2 : own + Math.min(refused, 1);
  };
  const faults = view.tasks
    .filter((task) => task.spent > mostOf(task))
    .map((task) => `B: ${task.id} failed ${task.spent} times in a row, ${mostOf(task)} it may`);
  const attempts = view.tasks.reduce((sum, { attempt }) => sum + attempt, 0);
  const most = 100 + 12 * (attempts + view.tasks.length);
  if (entries.length > most) faults.push(`B: ${entries.length} journal entries for ${attempts} attempts`);
  return faults;
}

/** What agents did is what the journal says they were given. */
function checkWork({ view, entries }: PlayedRun, { executions, deadly, plan }: PlayedHistory, disturbed: boolean): string[] {
  const faults: string[] = [];
  if (!disturbed) {
    if (view.silences > 0) faults.push(`L: ${view.silences} attempts fell silent though nothing was wrong`);
    for (const { id, holders } of view.tasks) {
      holders.forEach((_, index) => {
        const times = executions.get(`${view.runId}/${id}/${index + 1}`) ?? 0;
        const cut = times === 0 && view.phase !== 'completed';
        if (times !== 1 && !cut) faults.push(`B: attempt ${index + 1} of ${id} was begun ${times} times`);
      });
    }
  }
  // Whoever merely shared a message with a deadly task is not taken for one.
  if (plan.faults.every((name) => name === 'poison')) {
    for (const key of view.poisoned) if (!deadly.has(key)) faults.push(`B: ${key} was given up on as poison, but it killed nobody`);
  }
  for (const { seq, events } of entries) {
    const bytes = JSON.stringify(events.filter(({ type }) => type !== 'run_started' && type !== 'tasks_added')).length;
    if (bytes > LARGEST_ENTRY) faults.push(`B: entry ${seq} has ${bytes} bytes`);
  }
  return faults;
}

/** A turn is split before its entry grows past 300 KB; the item ends at 400 KB. */
const LARGEST_ENTRY = 330_000;

/** For those who look at one task of a run by its plan. */
export const planIdOf = (task: TaskView): string => parentOf(task.id);
