import { runIdOf } from '../../../lambdas/workflow/run-identity.ts';
import { FORKS } from '../fleet/forks.ts';
import { does } from '../plan-history.ts';
import type { PlayedHistory, PlayedRun } from '../played.ts';
import { requestIdOf } from '../programs/plan.ts';

/** A container of intake may know of a hold so late. */
const KNOWN_LATE_MS = 1_000;
/** By then, once nothing fails any more, every run has heard that it is to end. */
const HEARD_AFTER_MS = 600_000;
/** Under these a request may be looked at in one moment, and be taken in a much later one. */
const UNPUNCTUAL = ['zombie', 'clocks'];

/** A tenant that is drained takes no more, and what is under way finishes; one that is cancelled ends. */
export async function checkTenants(history: PlayedHistory, runs: readonly PlayedRun[]): Promise<string[]> {
  return [...(await checkDrains(history, runs)), ...checkCancels(history, runs)];
}

async function checkDrains({ plan, platform, published, notes }: PlayedHistory, runs: readonly PlayedRun[]) {
  const faults: string[] = [];
  const drains = notes.holds.flatMap(({ hold, at }, index) =>
    hold?.action === 'drain' ? [{ from: at, until: notes.holds[index + 1]?.at ?? Number.POSITIVE_INFINITY }] : [],
  );
  for (const { name, at, detail } of published) {
    if (name !== 'workflow_rejected' || detail.code !== 'draining') continue;
    if (!drains.some(({ from }) => from <= at))
      faults.push(`E: ${detail.request_id} was turned away, but nothing drains`);
  }
  if (does(plan, 'drain') && drains.length === 0) faults.push('L: nobody was drained');
  const asked = new Set(plan.programs.map((program) => runIdOf('default', requestIdOf(program))));
  const punctual = !plan.faults.some((name) => UNPUNCTUAL.includes(name));
  for (const { runId, requestId, requestedAt } of punctual ? await platform.world.runs.list('default', 1_000) : []) {
    const drained = drains.find(({ from, until }) => requestedAt > from + KNOWN_LATE_MS && requestedAt < until);
    const isNew = asked.has(runId) || requestId.startsWith(FORKS);
    if (drained && isNew) faults.push(`E: ${requestId} was taken in ${requestedAt - drained.from} ms into a drain`);
  }
  if (does(plan, 'drain') && !does(plan, 'hold')) {
    const held = runs.find(({ entries }) =>
      entries.some(({ events }) => events.some(({ type }) => type === 'run_held')),
    );
    if (held) faults.push(`E: ${held.program.name} was to finish, but the drain held it`);
  }
  return faults;
}

function checkCancels({ plan, startedAt, published, notes }: PlayedHistory, runs: readonly PlayedRun[]): string[] {
  const cancel = plan.commands?.find((command) => command.does === 'cancel');
  if (!cancel) return [];
  const asked = startedAt + cancel.atMs;
  const heard = Math.max(asked, plan.faults.length > 0 ? startedAt + plan.calmAfterMs : 0) + HEARD_AFTER_MS;
  return runs.flatMap(({ record, view, program }) => {
    const wasOpen = (notes.created.get(record.runId) ?? record.requestedAt) < asked;
    // What has ended may be taken up again by somebody else.
    const wasResumed = published.some(
      ({ name, at, detail }) =>
        name === 'workflow_resume_requested' && at >= asked && detail.workflow_id === record.runId,
    );
    if (wasOpen && !wasResumed && view.phase === 'completed' && view.endedAt > heard)
      return [`L: ${program.name} completed, long after everything of its tenant was to end`];
    return [];
  });
}
