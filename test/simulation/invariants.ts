import { runIdOf } from '../../lambdas/workflow/run-identity.ts';
import { checkArchive } from './check/archive.ts';
import { checkAudit } from './check/audit.ts';
import { checkBreakers } from './check/breakers.ts';
import { checkEffects } from './check/effects.ts';
import { checkFlows } from './check/flows.ts';
import { checkForks } from './check/forks.ts';
import { checkLeftAlone } from './check/left-alone.ts';
import { checkNews } from './check/news.ts';
import { checkReplay, checkReplays } from './check/replay.ts';
import { checkTenants } from './check/tenants.ts';
import { checkTuning } from './check/tuning.ts';
import { checkAttempts, checkWork } from './check/work.ts';
import { judge } from './model/model.ts';
import { does } from './plan-history.ts';
import type { PlayedHistory } from './played.ts';
import { allTasks, type Program, requestIdOf } from './programs/plan.ts';
import { readForks, readRuns } from './read-runs.ts';

/** Holds the invariants A, L, E, M, B and Q against a history that is over. */
export async function checkInvariants(history: PlayedHistory): Promise<{ violations: string[]; entries: number }> {
  const { platform, plan, busy, faults } = history;
  const { world } = platform;
  const violations: string[] = [];
  const runs = await readRuns(history);
  const forks = await readForks(history);
  const byId = new Map(runs.map((run) => [run.view.runId, run]));
  const disturbed = plan.faults.length > 0 || plan.programs.some(isRough) || does(plan, 'restore');
  for (const run of runs) {
    const { program, view, observed, record } = run;
    const say = (fault: string): void => void violations.push(`${program.name}: ${fault}`);
    view.faults.forEach(say);
    judge(program, observed, {
      disturbed,
      isChild: record.requestId !== requestIdOf(program),
      mayBeCancelled: does(plan, 'cancel'),
      storm: faults.storms,
      skewed: plan.faults.includes('clocks'),
    }).forEach(say);
    checkReplay(run).forEach(say);
    checkAttempts(run, disturbed).forEach(say);
    checkWork(run, history, disturbed).forEach(say);
    if (record.status !== view.phase) say(`L: the index of runs says ${record.status}, the journal ${view.phase}`);
  }
  for (const program of plan.programs) {
    if (!byId.has(runIdOf('default', requestIdOf(program))))
      violations.push(`${program.name}: L: the request was lost`);
  }
  violations.push(...(await checkReplays(history)));
  violations.push(
    ...checkEffects(history, runs, new Set(forks.map(({ record }) => record.runId))),
    ...checkNews(history, runs),
    ...checkBreakers(history, runs),
    ...(await checkFlows(history, runs)),
    ...checkForks(history, forks),
    ...(disturbed ? [] : checkLeftAlone(runs)),
    ...checkTuning(history, runs),
    ...(await checkTenants(history, runs)),
    ...(await faults.check()),
  );
  if (busy !== undefined) violations.push(`Q: ${busy}`);
  for (const queue of world.queues.all()) {
    if (queue.depth() > 0) violations.push(`Q: ${queue.depth()} messages are left in ${queue.url}`);
  }
  const awake = await world.runs.overdue(Number.MAX_SAFE_INTEGER, 10);
  if (awake.length > 0) violations.push(`Q: ${awake.length} runs still want to be woken`);
  const parked = await world.parkingLot.list(1);
  if (parked.length > 0) violations.push(`Q: nobody looked after ${parked[0]?.messageType} of ${parked[0]?.queue}`);
  violations.push(...(await checkAudit(history)), ...(await checkArchive(history)));
  return { violations, entries: runs.reduce((sum, run) => sum + run.entries.length, 0) };
}

/** An agent of the program stands still or dies by itself, and takes others' attempts along. */
function isRough(program: Program): boolean {
  return allTasks(program.tasks).some(
    (task) =>
      (task.kind === 'type' && ['hang', 'crash'].includes(task.work.behaviour.does)) ||
      (task.kind === 'workflow' && isRough(task.child)),
  );
}
