import type { Json } from '../../../lambdas/contracts/json.ts';
import type { Bindings } from '../programs/expressions.ts';
import { GENEROUS, pathOf, type TaskPlan, type Work } from '../programs/plan.ts';
import { workResult } from '../programs/work-result.ts';
import { asStored, failing, type Scene, silent } from './failing.ts';
import { canonical, completed, type Fate, type Observed } from './fate.ts';
import { type OwnEnds, ownAnswers } from './own.ts';

/** Who could vote, and what they answered. */
export type Voter = { readonly id: string; readonly result: Json | undefined };

/** How a task that has begun may end. @param id the task's own, or that of one of its items */
export function workFates(
  scene: Scene & { votersOf(task: TaskPlan): readonly Voter[]; readonly ownEnds: OwnEnds },
  task: TaskPlan,
  bindings: Bindings,
  id: string,
  observed: Observed,
): Fate[] {
  switch (task.kind) {
    case 'type':
      return agentFates(scene, task, task.work, bindings, ownAnswers(task.work, id, observed.view, scene.ownEnds));
    case 'sleep':
      return [completed(null)];
    case 'value': {
      const value = task.value.meaning(bindings);
      return value === undefined ? failing(scene, task, 'data') : [completed(value)];
    }
    case 'waitFor': {
      const inVain = failing(scene, task, 'non_recoverable');
      if (task.wait.at === undefined) return inVain;
      // What comes while the run has ended is refused, and the run may be taken up again.
      // So is what a task that began anew had taken before.
      const anew = observed.view.reopened > 0 || (observed.view.edited === true && id.includes('..'));
      return [completed(task.wait.payload), ...(anew ? inVain : [])];
    }
    case 'ask': {
      const { answers, timeoutSeconds } = task.ask;
      // Of two answers the first counts, which under faults may be the second that was given.
      const counted = scene.options.disturbed ? answers : answers.slice(0, 1);
      const answered = counted.map(({ decision }) =>
        completed({ decision, comment: `about ${id}`, decided_by: 'person' }),
      );
      if (timeoutSeconds === undefined) return answered;
      // All answers come too late, unless the clocks of the run stood still.
      const inVain = failing(scene, task, 'non_recoverable');
      return observed.view.wasStopped ? [...inVain, ...answered] : inVain;
    }
    case 'workflow': {
      const runs = observed.childrenOf(id);
      // One that was taken up again after its end may have told of that end first.
      const ended = runs.some(({ phase, reopened }) => reopened > 0 || phase === 'failed' || phase === 'cancelled');
      return [
        ...runs.filter(({ phase }) => phase === 'completed').map((run) => completed(observed.outputOf(run))),
        ...(ended ? ['non_recoverable', 'data', 'recoverable'].flatMap((kind) => failing(scene, task, kind)) : []),
      ];
    }
    case 'consensus':
      return consensusFates(scene, task, scene.votersOf(task));
  }
}

function agentFates(
  scene: Scene,
  task: TaskPlan,
  work: Work,
  { item, index, ...bindings }: Bindings,
  answers: readonly Json[] | undefined,
): Fate[] {
  const own = { ...(item !== undefined && { item }), ...(index !== undefined && { index }) };
  const reads: Json[] = [];
  for (const read of work.reads) {
    const value = read.meaning({ ...bindings, ...own });
    if (value === undefined) return failing(scene, task, 'data');
    reads.push(value);
  }
  const path = pathOf(scene.program, task.id);
  const inputs = { path, reads, upstream: scene.upstreamOf(task), ...own, ...(work.rounds && answers && { answers }) };
  // Without all its answers it never came to its end.
  const done = completed(answers ? asStored(workResult(inputs, work.pad)) : NEVER);
  const { disturbed, storm } = scene.options;
  return [
    ...naturalFates(scene, task, work, done),
    ...(disturbed ? silent(scene, task, done) : []),
    ...(storm ? failing(scene, task, 'system', done) : []),
  ];
}

const NEVER = 'it had not all its answers';

/** How it ends when only its agent's behaviour stands in its way. */
function naturalFates(scene: Scene, task: TaskPlan, { behaviour, effects }: Work, done: Fate): Fate[] {
  switch (behaviour.does) {
    case 'succeed':
      return [done];
    case 'run_long':
      return scene.options.skewed ? [done, ...failing(scene, task, 'recoverable', done)] : [done];
    case 'fail':
      return behaviour.times <= GENEROUS ? [done] : failing(scene, task, behaviour.with, done);
    case 'refuse':
      // Whoever else could have had it may have fallen silent over it.
      return scene.options.disturbed ? [done, ...failing(scene, task, 'non_recoverable', done)] : [done];
    case 'hang': {
      if (behaviour.times < 3 && effects !== 'outside') return [done];
      // Not every attempt that hangs is silent: its process may live to say that the time was over.
      return [...silent(scene, task, done), ...(behaviour.times <= GENEROUS ? [done] : [])];
    }
    case 'crash':
      return [done, ...silent(scene, task, done)];
  }
}

function consensusFates(scene: Scene, task: TaskPlan & { kind: 'consensus' }, voters: readonly Voter[]): Fate[] {
  const { threshold = 0.5, tie, weights = {}, quorum = voters.length } = task.consensus;
  const tally = new Map<string, number>();
  const votes: Record<string, Json> = {};
  const given: Record<string, Json> = {};
  for (const { id, result } of voters) {
    if (result === undefined) continue;
    const vote = voteOf(result);
    votes[id] = vote;
    given[id] = weights[id] ?? 1;
    const key = canonical(vote);
    tally.set(key, (tally.get(key) ?? 0) + (weights[id] ?? 1));
  }
  const nobody = (): Fate[] => failing(scene, task, 'non_recoverable');
  if (Object.keys(votes).length < quorum) return nobody();
  const total = [...tally.values()].reduce((sum, weight) => sum + weight, 0);
  const most = Math.max(...tally.values());
  const leaders = [...tally].filter(([, weight]) => weight === most).map(([key]) => key);
  if (leaders.length > 1 && tie === 'fail') return nobody();
  const [winner = 'null'] = leaders;
  if (leaders.length === 1 && most <= total * threshold) return nobody();
  const decision = JSON.parse(winner) as Json;
  return [completed({ decision, for: most, against: total - most, votes, weights: given })];
}

function voteOf(result: Json): Json {
  const isObject = typeof result === 'object' && result !== null && !Array.isArray(result);
  return isObject && result.vote !== undefined ? result.vote : result;
}
