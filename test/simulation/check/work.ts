import { does } from '../plan-history.ts';
import type { PlayedHistory, PlayedRun } from '../played.ts';
import { GENEROUS, WORK_TYPES } from '../programs/plan.ts';
import type { TaskView } from '../view/run-view.ts';

/** Attempts stay bounded: by the task's own limit where nothing is disturbed, else with the silent ones and an alternative. */
export function checkAttempts({ view, entries, program: { tight } }: PlayedRun, disturbed: boolean): string[] {
  const mostOf = ({ definition, refused }: TaskView): number => {
    const own = definition.retry?.maxAttempts ?? GENEROUS;
    return disturbed ? Math.max(own, 3) + 2 : own + Math.min(refused, 1);
  };
  const faults = view.tasks
    .filter((task) => task.spent > mostOf(task))
    .map((task) => `B: ${task.id} failed ${task.spent} times in a row, ${mostOf(task)} it may`);
  if (!disturbed && !view.wasStopped && view.overslept > OVERSLEPT_MS)
    faults.push(`L: a task slept ${view.overslept} ms too long`);
  for (const { task, spent, code } of view.givenUp) {
    const { type, retry } = task.definition;
    const own = retry?.maxAttempts ?? GENEROUS;
    if (type === undefined) continue;
    if (['sim_recoverable', 'sim_system'].includes(code) && !task.usesFallback && spent < own && !tight)
      faults.push(`B: ${task.id} was given up after ${spent} attempts, ${own} it has`);
  }
  const attempts = view.tasks.reduce((sum, { attempt }) => sum + attempt, 0);
  const most = 100 + 12 * (attempts + view.tasks.length);
  if (entries.length > most) faults.push(`B: ${entries.length} journal entries for ${attempts} attempts`);
  return faults;
}

/** Timers know whole seconds, and turns take a moment. */
const OVERSLEPT_MS = 5_000;

/** What agents did is what the journal says they were given. */
export function checkWork(
  { view, bytes }: PlayedRun,
  { executions, deadly, plan }: PlayedHistory,
  disturbed: boolean,
): string[] {
  const faults: string[] = [];
  if (!disturbed) {
    if (view.silences.length > 0)
      faults.push(`L: ${view.silences.length} attempts fell silent though nothing was wrong`);
    for (const { id, holders } of view.tasks) {
      holders.forEach((_, index) => {
        const times = executions.get(`${view.runId}/${id}/${index + 1}`) ?? 0;
        const cut = times === 0 && (view.phase !== 'completed' || view.reopened > 0);
        if (times !== 1 && !cut) faults.push(`B: attempt ${index + 1} of ${id} was begun ${times} times`);
      });
    }
  }
  // Work with outside effects is alone in its process: what kills others does not touch it. And whatever comes twice
  // waits for the one that is at work.
  if (plan.faults.every((name) => HARMLESS.has(name)) && !does(plan, 'restore')) {
    for (const { task, attempt } of view.silences) {
      const alone = task.definition.type === WORK_TYPES.outside && !task.usesFallback;
      if (alone && !deadly.has(`${view.runId}/${task.id}/${attempt}`))
        faults.push(`B: attempt ${attempt} of ${task.id} was given up, though nothing had befallen it`);
    }
  }
  for (const [position, size] of bytes.entries()) {
    if (size > LARGEST_ENTRY) faults.push(`B: entry ${position + 1} has ${size} bytes`);
  }
  return faults;
}

/** Under these, work with outside effects has no reason to fall silent but its own. */
const HARMLESS: ReadonlySet<string> = new Set(['poison', 'duplicate', 'redrive']);

/** A turn is split before its entry grows past 300 KB; the item ends at 400 KB. */
const LARGEST_ENTRY = 330_000;
