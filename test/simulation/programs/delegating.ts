import type { Random } from '../random.ts';
import { type AskPlan, type Mood, type OwnPlan, START_MS, type TaskPlan, type WaitPlan } from './plan.ts';

/** What a task's own tasks are drawn along. */
export interface OwnDraw {
  readonly random: Random;
  readonly mood: Mood;
  /** Events reach it, and it only. */
  readonly hearsEvents: boolean;
  /** Any task under this id, after those. */
  task(random: Random, id: string, earlier: readonly TaskPlan[]): TaskPlan;
  /** Work of an agent under this id. */
  work(random: Random, id: string): TaskPlan;
}

/** One or two rounds of what a task waits for, all of a round at once. */
export function roundsOf(draw: OwnDraw, id: string): OwnPlan[][] {
  const { random } = draw;
  let place = 0;
  return Array.from({ length: random.between(1, 2) }, () =>
    Array.from({ length: random.weighted({ 1: 6, 2: 3, 3: 1 } as const) === '1' ? 1 : random.between(2, 3) }, () => {
      place += 1;
      return ownOf({ ...draw, random: random.fork(`own ${place}`) }, `${id}o${place}`);
    }),
  );
}

function ownOf(draw: OwnDraw, id: string): OwnPlan {
  const { random, mood, hearsEvents } = draw;
  const does = random.weighted({ call: 5, ask: 3, sleep: 3, event: hearsEvents ? 2 : 0, delegate: 4 });
  const common = { id, dependsOn: [], escalated: 'fail' } as const;
  switch (does) {
    case 'call':
      return { does, tasks: [draw.work(random.fork('work'), id)] };
    case 'ask':
      return { does, tasks: [{ ...common, kind: 'ask', ask: askOf(random, mood) }] };
    case 'sleep':
      return { does: 'wait', tasks: [{ ...common, kind: 'sleep', sleep: sleepOf(random) }] };
    case 'event':
      return { does: 'wait', tasks: [{ ...common, kind: 'waitFor', wait: waitOf(random, mood, id) }] };
    case 'delegate': {
      const tasks: TaskPlan[] = [];
      for (let index = random.int(3); index >= 0; index -= 1)
        tasks.push(draw.task(random.fork(`task ${index}`), `${id}x${tasks.length}y`, tasks));
      return { does, tasks };
    }
  }
}

/** At times for longer than a timer reaches, or until a time that may have passed. */
export function sleepOf(random: Random): { readonly seconds: number } | { readonly until: string } {
  const seconds = random.pick([0.5, random.between(1, 60), random.between(60, 600), random.between(1_000, 4_000)]);
  return random.chance(0.3) ? { until: new Date(START_MS + seconds * 1_000).toISOString() } : { seconds };
}

function askOf(random: Random, mood: Mood): AskPlan {
  const options = ['approve', 'reject'];
  if (mood === 'grim' && random.chance(0.2)) return { options, answers: [], timeoutSeconds: random.between(20, 60) };
  return { options, answers: [{ decision: random.pick(options), afterMs: random.between(1_000, 50_000) }] };
}

function waitOf(random: Random, mood: Mood, id: string): WaitPlan {
  const event = `signal_${id}`;
  const payload = { v: random.int(1_000) };
  if (mood === 'grim' && random.chance(0.2)) return { event, payload, timeoutSeconds: random.between(20, 60) };
  return { event, payload, at: random.int(60_000), timeoutSeconds: 40_000 };
}
