import { stateAt } from '../../../lambdas/workflow/replay.ts';
import type { RunState } from '../../../lambdas/workflow/state.ts';
import type { PlayedHistory, PlayedRun } from '../played.ts';

/** The engine's own fold gives the same, entry by entry and all at once, and what the journal view made of it. */
export function checkReplay({ view, entries }: PlayedRun): string[] {
  let state: RunState;
  try {
    state = stateAt(view.runId, entries);
  } catch (error) {
    return [`M: the journal can't be replayed: ${error instanceof Error ? error.message : String(error)}`];
  }
  const faults: string[] = [];
  if (state.phase !== view.phase) faults.push(`M: replay ends ${state.phase}, the journal says ${view.phase}`);
  state.tasks.forEach((task, index) => {
    const seen = view.tasks[index];
    if (seen?.id !== task.definition.id || seen.status !== statusOf(task.status))
      faults.push(
        `M: replay has ${task.definition.id} ${task.status}, the journal says ${seen?.id} is ${seen?.status}`,
      );
  });
  return faults;
}

const statusOf = (status: string): string => (status === 'waiting' || status === 'ready' ? 'open' : status);

/** Every journal, folded from its first entry on, gives what coordinators and snapshots had, byte by byte. */
export async function checkReplays({ platform }: PlayedHistory): Promise<string[]> {
  const { replayWitness, world } = platform;
  const runs = replayWitness.runs().map((runId) => replayWitness.check(runId, world));
  const flows = replayWitness.flows().map((flowId) => replayWitness.checkFlow(flowId, world.flowJournal));
  return (await Promise.all([...runs, ...flows])).flat();
}
