import { does, type HistoryPlan } from '../plan-history.ts';
import type { PlayedRun } from '../played.ts';
import { hasSpoiledKey } from '../programs/limits.ts';
import { isOver } from '../view/run-view.ts';

/** Why a run that had to get in ended as it did. */
export function checkEntry(
  { view, program, entries }: PlayedRun,
  runs: readonly PlayedRun[],
  plan: HistoryPlan,
): string[] {
  const faults: string[] = [];
  const say = (fault: string): void => void faults.push(`${program.name} ${program.copy ?? ''}: ${fault}`);
  const { leader, phase, cancelled } = view;
  if (program.admission === undefined) return [];
  const { admission } = program;
  const asks = entries.some(({ events }) => events.some(({ type }) => type === 'admission_begun'));
  if (hasSpoiledKey(program) && asks) say('E: it asked to be let in, though nobody can say at which gate');
  if (view.entry === 'waiting') {
    if (phase === 'completed' && leader === undefined) say('E: it completed without having got in');
    const worked = view.tasks.find((task) => task.status === 'completed' || (isOver(task) && task.attempt > 0));
    if (worked && view.reopened === 0) say(`E: it never got in, but ${worked.id} was begun`);
  }
  if (leader !== undefined) {
    const led = runs.find((run) => run.view.runId === leader)?.view;
    const isMember = led?.led?.members.includes(view.runId) === true;
    if (!isMember) say(`E: it is in a batch of ${leader}, which knows nothing of it`);
    const sameEnd = led?.phase === phase || (led?.reopened ?? 0) > 0 || cancelled?.by === 'person';
    if (!sameEnd) say(`L: it ${phase}, but ${leader}, which did its work, ${led?.phase}`);
  }
  if (view.led && view.led.items.length !== view.led.members.length + 1)
    say(`E: it leads ${view.led.members.length} others, with ${view.led.items.length} inputs`);
  if (phase !== 'cancelled' || !cancelled) return faults;
  const { by, reason } = cancelled;
  const replaces = admission.debounce !== undefined || admission.singleton?.mode === 'cancel';
  const legal =
    ((program.cancelAt !== undefined || does(plan, 'cancel')) && reason === 'by plan') ||
    (admission.waitSeconds !== undefined && reason.startsWith('it did not get in within')) ||
    (replaces && reason.startsWith('superseded by run ')) ||
    (admission.singleton?.mode === 'skip' && reason.includes('with the same key is at work')) ||
    (leader !== undefined && by === leader);
  if (!legal) say(`E: it was cancelled by ${by} for no good reason: ${reason}`);
  return faults;
}
