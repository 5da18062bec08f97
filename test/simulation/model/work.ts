import type { Json } from '../../../lambdas/contracts/json.ts';
import type { Bindings } from '../programs/expressions.ts';
import { GENEROUS, pathOf, type TaskPlan, type Work } from '../programs/plan.ts';
import { workResult } from '../programs/work-result.ts';
import { asStored, failing, type Scene, silent } from './failing.ts';
import { canonical, completed, type Fate, type Observed } from './fate.ts';

/** Who could vote, and what they answered. */
export type Voter = { readonly id: string; readonly result: Json | undefined };

/** How a task that has begun may end. @param id the task's own, or that of one of its items */
export function workFates(
  scene: Scene & { votersOf(task: TaskPlan): readonly Voter[] },
  task: TaskPlan,
  bindings: Bindings,
  id: string,
  observed: Observed,
): Fate[] {
  switch (task.kind) {
    case 'type':
      return agentFates(scene, task, task.work, bindings);
    case 'value': {
      const value = task.value.meaning(bindings);
      return value === undefined ? failing(scene, task, 'data') : [completed(value)];
    }
    case 'waitFor':
      return task.wait.at === undefined ? failing(scene, task, 'non_recoverable') : [completed(task.wait.payload)];
    case 'ask': {
      const { answers, timeoutSeconds } = task.ask;
      if (timeoutSeconds !== undefined) return failing(scene, task, 'non_recoverable');
      // Of two answers the first counts, which under faults may be the second that was given.
      const counted = scene.options.disturbed ? answers : answers.slice(0, 1);
      return counted.map(({ decision }) => completed({ decision, comment: `about ${id}`, decided_by: 'person' }));
    }
    case 'workflow': {
      const runs = observed.childrenOf(id);
      const ended = runs.some(({ phase }) => phase === 'failed' || phase === 'cancelled');
      return [
        ...runs.filter(({ phase }) => phase === 'completed').map((run) => completed(observed.outputOf(run))),
        ...(ended ? [...failing(scene, task, 'non_recoverable'), ...failing(scene, task, 'data')] : []),
      ];
    }
    case 'consensus':
      return consensusFates(scene, task, scene.votersOf(task));
  }
}

function agentFates(scene: Scene, task: TaskPlan, work: Work, { item, index, ...bindings }: Bindings): Fate[] {
  const own = { ...(item !== undefined && { item }), ...(index !== undefined && { index }) };
  const reads: Json[] = [];
  for (const read of work.reads) {
    const value = read.meaning({ ...bindings, ...own });
    if (value === undefined) return failing(scene, task, 'data');
    reads.push(value);
  }
  const inputs = { path: pathOf(scene.program, task.id), reads, upstream: scene.upstreamOf(task), ...own };
  const done = completed(asStored(workResult(inputs, work.pad)));
  const { disturbed, storm } = scene.options;
  return [
    ...naturalFates(scene, task, work, done),
    ...(disturbed ? silent(scene, task, done) : []),
    ...(storm ? failing(scene, task, 'system', done) : []),
  ];
}

/** How it ends when only its agent's behaviour stands in its way. */
function naturalFates(scene: Scene, task: TaskPlan, { behaviour, effects }: Work, done: Fate): Fate[] {
  switch (behaviour.does) {
    case 'succeed':
    case 'run_long':
      return [done];
    case 'fail':
      return behaviour.times <= GENEROUS ? [done] : failing(scene, task, behaviour.with, done);
    case 'refuse':
      // Whoever else could have had it may have fallen silent over it.
      return scene.options.disturbed ? [done, ...failing(scene, task, 'non_recoverable', done)] : [done];
    case 'hang':
      return behaviour.times >= 3 || effects === 'outside' ? silent(scene, task, done) : [done];
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
