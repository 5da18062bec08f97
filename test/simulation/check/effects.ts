import { effectKey } from '../fleet/ledger.ts';
import type { PlayedHistory, PlayedRun } from '../played.ts';
import { planOfTask } from '../programs/find-plan.ts';
import { PERSON_ANSWERS } from '../programs/plan.ts';
import type { TaskView } from '../view/run-view.ts';

/** Invariant E: every effect at most once, and exactly once where the task completed by its own work. */
export function checkEffects(
  { ledger }: PlayedHistory,
  runs: readonly PlayedRun[],
  forks: ReadonlySet<string>,
): string[] {
  const faults: string[] = ledger.contradictions.map((contradiction) => `E: ${contradiction}`);
  const known = new Set<string>();
  for (const { program, view, observed } of runs) {
    for (const task of view.tasks) {
      if (task.children) continue;
      const key = effectKey(view.runId, task.id);
      known.add(key);
      const charges = ledger.charges.get(key) ?? 0;
      if (charges > 1) faults.push(`E: ${program.name}/${task.id} took effect ${charges} times`);
      if (task.undoOf !== undefined) {
        faults.push(...checkUndo(task, view.byId.get(task.undoOf), ledger.resultOf(key), observed.resultOf));
        continue;
      }
      const plan = planOfTask(program, task.id);
      if (plan?.kind !== 'type' || plan.work.effects === 'none') continue;
      const happened = charges > 0 || ledger.puts.has(key);
      const ownWork = task.status === 'completed' && !task.usesFallback && !isAnswered(observed.resultOf(task));
      if (ownWork && !happened) faults.push(`E: ${program.name}/${task.id} completed without its effect`);
    }
  }
  for (const key of [...ledger.charges.keys(), ...ledger.puts.keys()]) {
    const [runId = ''] = key.split('/');
    if (!known.has(key) && !forks.has(runId)) faults.push(`E: there is an effect of ${key}, which no run knows`);
  }
  return faults;
}

function isAnswered(result: unknown): boolean {
  return typeof result === 'object' && result !== null && 'v' in result && result.v === PERSON_ANSWERS;
}

/** What is taken back is what was done. */
function checkUndo(
  undo: TaskView,
  done: TaskView | undefined,
  undone: unknown,
  resultOf: (task: TaskView) => unknown,
): string[] {
  if (undo.status !== 'completed' || !done) return [];
  const result = done.status === 'completed' ? resultOf(done) : undefined;
  const answer = typeof result === 'object' && result !== null && 'v' in result ? result.v : -1;
  return undone === answer
    ? []
    : [`E: ${undo.id} took back ${JSON.stringify(undone)}, done was ${JSON.stringify(answer)}`];
}
