import type { Json, JsonObject } from '../../../lambdas/contracts/json.ts';
import { type Behaviour, GENEROUS, PERSON_ANSWERS, type Program, pathOf, type TaskPlan } from '../programs/plan.ts';
import { workResult } from '../programs/work-result.ts';
import { completed, FATAL, type Fate, TOLERATED } from './fate.ts';

export interface ModelOptions {
  /** Faults were at work: attempts may have ended in silence. */
  readonly disturbed: boolean;
  /** It is a sub-workflow: its parent may have cancelled it, and has attempts and people of its own. */
  readonly isChild?: boolean;
  /** Somebody cancelled all that was open. */
  readonly mayBeCancelled?: boolean;
  /** Services were down: any task of an agent may have failed for good. */
  readonly storm?: boolean;
  /** Clocks were wrong: to an agent an attempt's time may be over before long work is done. */
  readonly skewed?: boolean;
}

/** What the fates of a task depend on beside its plan. */
export interface Scene {
  readonly program: Program;
  readonly options: ModelOptions;
  /** What its agent gets to see of other tasks. */
  upstreamOf(task: TaskPlan): JsonObject;
}

/** As it comes back from a store. */
export const asStored = (value: object): Json => JSON.parse(JSON.stringify(value)) as Json;

/** All automatic ways are used up after a failure of this class. */
export function failing(scene: Scene, task: TaskPlan, kind: string, done?: Fate): Fate[] {
  if (kind === 'data') return toleration(scene, task);
  if (task.fallback) return fallbackFates(scene, task, task.fallback, kind, done);
  if (task.escalate === 'person') return answered(scene, task, done);
  const waits = task.escalate === undefined && !scene.options.isChild;
  const passes = waits && (kind === 'recoverable' || kind === 'system');
  return passes ? pausing(scene, task, done) : toleration(scene, task);
}

/** It has used up its attempts: the run waits for a person, unless it can do without the task. */
function pausing(scene: Scene, task: TaskPlan, done?: Fate): Fate[] {
  const tolerated = toleration(scene, task);
  if (task.optional) return tolerated;
  const mayBe = task.each !== undefined || tolerated.length > 1;
  return [...answered(scene, task, done), ...(mayBe ? tolerated : [])];
}

/** Nobody knows what became of it: its fallback, or a person. */
export function silent(scene: Scene, task: TaskPlan, done: Fate): Fate[] {
  const outside = task.kind === 'type' && task.work.effects === 'outside';
  if (outside && task.fallback) {
    // Nothing stands in for what may have taken place; a message that was given up on is another matter.
    const instead = fallbackFates(scene, task, task.fallback, 'unknown', done);
    return [...silent(scene, bare(task), done), ...instead];
  }
  if (task.fallback) return fallbackFates(scene, task, task.fallback, 'unknown', done);
  return task.escalate === 'fail' ? toleration(scene, task) : answered(scene, task, done);
}

/** It has failed: does the run go on without it? */
export function toleration({ program }: Scene, { optional, group }: TaskPlan): Fate[] {
  if (optional) return [TOLERATED];
  const tolerate = group === undefined ? 0 : (program.groups[group]?.tolerate ?? 0);
  // Which of a group's failures are the tolerated ones is a matter of order: the run's end tells.
  return tolerate === 0 ? [FATAL] : [TOLERATED, FATAL];
}

function bare(task: TaskPlan): TaskPlan {
  const { fallback: _, ...rest } = task;
  return rest;
}

function fallbackFates(
  scene: Scene,
  task: TaskPlan,
  fallback: NonNullable<TaskPlan['fallback']>,
  kind: string,
  done?: Fate,
): Fate[] {
  if ('value' in fallback) return [completed(fallback.value)];
  const { program, options } = scene;
  const inputs = { path: `${pathOf(program, task.id)}|fallback`, reads: [], upstream: scene.upstreamOf(task) };
  const instead = completed(asStored(workResult(inputs, 0)));
  const without = bare(task);
  const neverWorks = 'times' in fallback.work && fallback.work.times > GENEROUS;
  return [
    ...(neverWorks ? failing(scene, without, classOf(fallback.work), done) : [instead]),
    // Its own work may be done after all, by an attempt that was thought lost.
    ...(done && kind === 'unknown' ? [done] : []),
    ...(options.disturbed ? silent(scene, without, instead) : []),
    ...(options.storm ? failing(scene, without, 'system', instead) : []),
  ];
}

function classOf(work: Behaviour): string {
  return work.does === 'fail' ? work.with : 'non_recoverable';
}

/** What comes of it when a person is asked, who answers by the program. */
function answered(scene: Scene, task: TaskPlan, done?: Fate): Fate[] {
  const failed = toleration(scene, task);
  const orFailed = scene.options.disturbed ? failed : [];
  switch (task.escalated) {
    case 'retry':
      return done ? [done] : failed;
    case 'complete':
      return [completed({ v: PERSON_ANSWERS }), ...orFailed];
    case 'skip':
      return [TOLERATED, ...orFailed];
    case 'fail':
      return failed;
  }
}
