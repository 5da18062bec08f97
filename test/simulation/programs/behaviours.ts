import type { Random } from '../random.ts';
import {
  AGENTS,
  type Behaviour,
  type Escalated,
  GENEROUS,
  type KindPlan,
  type Mood,
  type WorkEffects,
} from './plan.ts';

const FOREVER = Number.POSITIVE_INFINITY;

/** How one task's agent behaves, and how many attempts the task has. */
export function randomBehaviour(
  random: Random,
  mood: Mood,
  effects: WorkEffects,
): { behaviour: Behaviour; attempts: number } {
  const trouble = { calm: 0.04, bumpy: 0.3, grim: 0.3 }[mood];
  if (!random.chance(trouble)) {
    return { behaviour: soundBehaviour(random, effects), attempts: GENEROUS };
  }
  if (mood === 'grim' && random.chance(0.35)) return doomed(random);
  const what = random.weighted({ recoverable: 4, system: 2, refuse: 2, hang: 2, crash: 1 });
  if (what === 'refuse')
    return { behaviour: { does: 'refuse', agent: random.pick(AGENTS[effects]) }, attempts: GENEROUS };
  if (what === 'hang') return { behaviour: { does: 'hang', times: random.between(1, 3) }, attempts: GENEROUS };
  if (what === 'crash') return { behaviour: { does: 'crash', times: 1 }, attempts: GENEROUS };
  return { behaviour: { does: 'fail', times: random.between(1, 3), with: what }, attempts: GENEROUS };
}

/** It succeeds, at times after so long that something may happen meanwhile; within what its agents have. */
function soundBehaviour(random: Random, effects: WorkEffects): Behaviour {
  if (effects === 'none' || !random.chance(0.15)) return { does: 'succeed' };
  if (effects === 'outside') return { does: 'run_long', ms: random.between(1_000, 7_000) };
  return {
    does: 'run_long',
    ms: random.chance(0.2) ? random.between(65_000, 100_000) : random.between(1_000, 30_000),
  };
}

/** It will never succeed, so it is worth few attempts. */
function doomed(random: Random): { behaviour: Behaviour; attempts: number } {
  const what = random.weighted({ data: 3, non_recoverable: 3, recoverable: 2, hang: 1 });
  const behaviour: Behaviour =
    what === 'hang' ? { does: 'hang', times: FOREVER } : { does: 'fail', times: FOREVER, with: what };
  return { behaviour, attempts: random.between(1, 3) };
}

/** A person has what can succeed tried again, and decides about the rest. */
export function randomEscalated(plan: KindPlan, random: Random): Escalated {
  if (plan.kind !== 'type') return 'fail';
  const { behaviour } = plan.work;
  const forever = 'times' in behaviour && behaviour.times === FOREVER;
  return forever ? random.pick(['skip', 'complete', 'fail'] as const) : 'retry';
}
