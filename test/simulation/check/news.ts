import type { ResultValue } from '../../../lambdas/contracts/blob.ts';
import type { Json } from '../../../lambdas/contracts/json.ts';
import { canonical } from '../model/fate.ts';
import type { PlayedHistory, PlayedRun, Published } from '../played.ts';
import { requestIdOf } from '../programs/plan.ts';

const ENDS = ['workflow_completed', 'workflow_failed', 'workflow_cancelled'];

/** Whoever waits for a run is told what became of it: the bus, its lifecycle, its parent; and told one thing only. */
export function checkNews({ platform, published, plan }: PlayedHistory, runs: readonly PlayedRun[]): string[] {
  const faults: string[] = [];
  const byRun = Map.groupBy(published, ({ detail }) => String(detail.workflow_id ?? ''));
  for (const run of runs) {
    const { program, view, record } = run;
    const say = (fault: string): void => void faults.push(`${program.name}: ${fault}`);
    const told = byRun.get(view.runId) ?? [];
    const ends = new Set(
      told
        .filter(({ name }) => ENDS.includes(name))
        .map(({ name, detail }) => `${name} ${JSON.stringify({ ...detail, at: '' })}`),
    );
    if (ends.size < 1 || ends.size > 1 + view.reopened)
      say(`L: its end was told in ${ends.size} ways: ${[...ends].join(' | ').slice(0, 500)}`);
    const end = [...ends].at(-1) ?? '';
    if (ends.size > 0 && !end.startsWith(`workflow_${view.phase} `))
      say(`L: it ${view.phase}, but the bus says ${end.slice(0, 60)}`);
    if (view.entry !== 'waiting' && !told.some(({ name }) => name === 'workflow_started'))
      say('L: nobody was told that it started');
    if (view.definition?.events === 'task') {
      const completions = new Set(
        told.filter(({ name }) => name === 'task_completed').map(({ detail }) => String(detail.task_id)),
      );
      for (const { id, status } of view.tasks) {
        if (status === 'completed' && !completions.has(id)) say(`L: nobody was told that ${id} completed`);
        if (status !== 'completed' && completions.has(id))
          say(`L: everybody was told that ${id} completed, but it ${status}`);
      }
    }
    faults.push(...checkResult(run, runs, told, platform.world.objects));
    const execution = platform.lifecycle.executions.get(view.runId);
    const letGo = view.reopened > 0 || execution?.output?.status === 'paused';
    if (execution && !letGo && (execution.status === 'succeeded') !== (view.phase === 'completed'))
      say(`L: it ${view.phase}, its lifecycle ${execution.status} (${execution.error?.code})`);
    const inTime = view.endedAt < view.deadline && plan.faults.length === 0;
    if (execution && inTime && execution.asked > 1) say('L: its lifecycle was not told in time and had to ask again');
    if (record.requestId !== requestIdOf(program) && record.status === 'requested')
      say('L: a sub-workflow was asked for and never began');
  }
  for (const { name, detail } of published) {
    const refused =
      name === 'workflow_rejected' &&
      !['request_id_reused', 'run_ended', 'unknown_run', 'draining'].includes(String(detail.code));
    if (refused) faults.push(`L: a sound request was rejected: ${JSON.stringify(detail).slice(0, 300)}`);
  }
  const reused = plan.repeats?.some(({ otherBody }) => otherBody) ?? false;
  const told = published.some(
    ({ name, detail }) => name === 'workflow_rejected' && detail.code === 'request_id_reused',
  );
  if (told && !reused) faults.push('E: a repeated request was taken for another');
  if (reused && !told) faults.push('E: another request under the same id was not refused');
  return faults;
}

/** What is told of a run that completed is what its tasks answered; of one in a batch, what its leader's did. */
function checkResult(
  { view, program }: PlayedRun,
  runs: readonly PlayedRun[],
  told: readonly Published[],
  objects: ReadonlyMap<string, string>,
): string[] {
  const done = view.leader === undefined ? view.runId : view.leader;
  const doer = runs.find((run) => run.view.runId === done);
  if (view.phase !== 'completed' || !doer || view.reopened > 0 || doer.view.reopened > 0) return [];
  const result = told.findLast(({ name }) => name === 'workflow_completed')?.detail.result as ResultValue | undefined;
  if (result === undefined) return [];
  const value = 'value' in result ? result.value : (JSON.parse(objects.get(result.ref.key) ?? 'null') as Json);
  const [said, meant] = [canonical(value), canonical(doer.observed.outputOf(doer.view))];
  return said === meant ? [] : [`E: ${program.name} answers ${said.slice(0, 200)}, done was ${meant.slice(0, 200)}`];
}
