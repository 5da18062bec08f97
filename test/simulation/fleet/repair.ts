import { REPLAY_SOURCE } from '../../../lambdas/contracts/bus-events.ts';
import type { InProcessPlatform } from '../../../lambdas/testing/in-process-platform.ts';
import { runIdOf } from '../../../lambdas/workflow/run-identity.ts';
import type { Command } from '../plan-history.ts';
import { type Program, requestIdOf } from '../programs/plan.ts';

/** Runs that stop for the same cause are repaired together, each so often. */
const MOST = 2;

/**
 * What stops is resumed: a run that has used up the retries of a task, before a person answers what it asks, and one
 * that has failed with nothing taken back. All that have stopped for one cause by then go on together.
 */
export function repair(
  { world, clock, publish }: InProcessPlatform,
  programs: readonly Program[],
  { forMs }: Command,
): void {
  // What is sent to a run that has ended is lost.
  const patient = new Set(
    programs
      .filter(({ tasks }) => tasks.some(({ kind }) => kind === 'waitFor'))
      .map((program) => runIdOf('default', requestIdOf(program))),
  );
  const causes = new Map<string, Set<string>>();
  const repaired = new Map<string, number>();
  world.bus.subscribe(({ source, detailType, detail }) => {
    if (source === REPLAY_SOURCE) return;
    const { workflow_id, paused_by, compensation, error } = detail;
    const paused = detailType === 'workflow_paused' && paused_by === undefined;
    const failed = detailType === 'workflow_failed' && compensation === undefined;
    if ((!paused && !failed) || typeof workflow_id !== 'string' || (failed && patient.has(workflow_id))) return;
    const times = repaired.get(workflow_id) ?? 0;
    if (times >= MOST) return;
    repaired.set(workflow_id, times + 1);
    const cause = JSON.stringify(typeof error === 'object' && error !== null && 'code' in error ? error.code : '');
    const stopped = causes.get(cause);
    if (stopped) return void stopped.add(workflow_id);
    causes.set(cause, new Set([workflow_id]));
    clock.after(forMs, () => {
      const all = causes.get(cause) ?? [];
      causes.delete(cause);
      for (const id of all) {
        const detail = { workflow_id: id, requested_by: 'repairer', reason: `all that stopped for ${cause}` };
        void publish({ name: 'workflow_resume_requested', detail }, 'person');
      }
    });
  });
}
