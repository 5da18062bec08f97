import { REPLAY_SOURCE } from '../../../lambdas/contracts/bus-events.ts';
import type { CallFault, PortCall } from '../../../lambdas/testing/hooks.ts';
import type { InProcessPlatform } from '../../../lambdas/testing/in-process-platform.ts';
import { runIdOf } from '../../../lambdas/workflow/run-identity.ts';
import type { Command } from '../plan-history.ts';
import { type Program, requestIdOf } from '../programs/plan.ts';
import type { Random } from '../random.ts';
import { forkRun } from './forks.ts';

/** Ms between the archiver's calls, and how old the end of a run must be: so young that most of a history is still to come. */
export const ARCHIVES = { everyMs: 20_000, afterMs: 5_000 } as const;
/** By then a run that has ended is in the archive, unless the archiver was kept from it. */
const SURELY_MS = 60_000;

/** What befalls the archiver while faults strike: it dies between any two of its steps, or gets no answer. */
export function archiverFault({ process }: PortCall, random: Random): CallFault | undefined {
  if (process !== 'archiver' || !random.chance(0.12)) return undefined;
  const moment = random.pick(['before', 'after'] as const);
  return random.chance(0.5) ? { kill: moment } : { fail: moment };
}

/** Somebody wants something of a run that lies in the archive: one that completed is forked, one that failed goes on. */
export function recall(platform: InProcessPlatform, program: Program, { forMs }: Command, random: Random): void {
  const { clock, world } = platform;
  const workflow_id = runIdOf('default', requestIdOf(program));
  // What is sent to a run that has ended is lost.
  const awaits = program.tasks.some(({ kind }) => kind === 'waitFor');
  const asked = { requested_by: 'archivist', reason: 'by plan' };
  let recalled = false;
  world.bus.subscribe(({ source, detailType, detail }) => {
    if (source === REPLAY_SOURCE || detail.workflow_id !== workflow_id || recalled) return;
    const completed = detailType === 'workflow_completed';
    const failed = detailType === 'workflow_failed' && detail.compensation === undefined;
    if (!completed && !failed) return;
    recalled = true;
    const fork = { after: random.next(), effects: 'recorded' } as const;
    clock.after(SURELY_MS + forMs, () => {
      if (completed || awaits) void forkRun(platform, program, fork, asked.requested_by);
      else void platform.publish({ name: 'workflow_resume_requested', detail: { workflow_id, ...asked } }, 'person');
    });
  });
}

/** What has ended is moved, now that nothing fails. */
export async function archiveAll({ time, clock, call, world }: InProcessPlatform): Promise<void> {
  // Where clocks go wrong, a run's end may still be to come.
  const ends = (await world.runs.list('default', 1_000)).map(({ endedAt = 0 }) => endedAt);
  await time.advance(Math.max(0, ...ends.map((end) => end - clock.now())) + 2 * ARCHIVES.afterMs);
  call('archiver');
  await time.settle();
}
