import type { Random } from '../random.ts';
import { randomBehaviour, randomEscalated } from './behaviours.ts';
import { roundsOf, sleepOf } from './delegating.ts';
import { classOf, conditionOf, fallbackOf, isDoomed, itemsOf } from './details.ts';
import { answerOf, constant, type Expr, inputField, nothing, sizeOf } from './expressions.ts';
import {
  AGENTS,
  DISTANT_DEADLINE_S,
  type GroupPlan,
  type KindPlan,
  type Mood,
  type Program,
  type TaskPlan,
  type Work,
} from './plan.ts';

export interface ProgramOptions {
  /** Tasks before decomposition; default: 5 to 24. */
  readonly tasks?: number;
  readonly mood?: Mood;
  /** Documents over the limits for what travels inline. */
  readonly oversize?: boolean;
  /** Has only the usual budget of retries. */
  readonly tight?: boolean;
  /** A chain, so that the run takes many turns. */
  readonly narrow?: boolean;
  /** Most of its work delegates. */
  readonly delegates?: boolean;
}

/** What one program's generation goes along. */
interface Draw {
  readonly random: Random;
  readonly mood: Mood;
  readonly name: string;
  readonly depth: number;
  readonly oversize: boolean;
  readonly narrow: boolean;
  readonly tight: boolean;
  readonly delegates: boolean;
  /** How deep among tasks of tasks. */
  readonly nested: number;
}

/** A random program. The same random stream gives the same program. */
export function randomProgram(random: Random, name: string, options: ProgramOptions = {}): Program {
  const mood = options.mood ?? random.fork('mood').weighted({ calm: 50, bumpy: 30, grim: 20 });
  const draw: Draw = {
    random,
    mood,
    name,
    depth: 0,
    oversize: options.oversize ?? false,
    narrow: options.narrow ?? false,
    tight: options.tight ?? false,
    delegates: options.delegates ?? false,
    nested: 0,
  };
  const size = options.tasks ?? random.fork('size').between(5, 24);
  return programOf(draw, size);
}

function programOf(draw: Draw, size: number): Program {
  const { random, name, depth } = draw;
  const shape = random.fork('shape');
  const groups: Record<string, GroupPlan> = {};
  const tasks: TaskPlan[] = [];
  /** Groups whose members are all there, so that later tasks may depend on them. */
  const whole: string[] = [];
  let group: { id: string; left: number } | undefined;
  for (let index = 0; index < size; index += 1) {
    if (group === undefined && shape.chance(0.06) && size - index > 3) {
      group = { id: `g${Object.keys(groups).length}`, left: shape.between(2, Math.min(5, size - index - 1)) };
      const tolerates = draw.mood === 'grim' && shape.chance(0.5);
      groups[group.id] = {
        ...(shape.chance(0.5) && { limit: shape.between(1, 3) }),
        ...(tolerates && { tolerate: shape.between(1, 3) }),
      };
    }
    tasks.push(taskOf({ ...draw, random: random.fork(`task ${index}`) }, `t${index}`, tasks, whole, group?.id));
    if (group && --group.left === 0) {
      whole.push(group.id);
      group = undefined;
    }
  }
  const end = random.fork('end');
  const waitsForever = tasks.some(
    (task) => task.kind === 'waitFor' && task.wait.at === undefined && !task.wait.timeoutSeconds,
  );
  return {
    name,
    tasks,
    groups,
    input: {
      x: end.int(1_000),
      n: end.between(0, 4),
      keep: 'kept',
      ...(depth === 0 && end.chance(0.3) && { hidden: end.int(9) }),
    },
    timeoutSeconds: waitsForever ? end.between(600, 1_800) : DISTANT_DEADLINE_S,
    lifecycle: depth === 0 && end.chance(0.4) ? 'step_functions' : 'queue',
    events: end.chance(0.5) ? 'task' : 'workflow',
    pad: draw.oversize && depth === 0 && end.chance(0.3) ? 320_000 : 0,
    ...(draw.tight && { tight: true as const }),
    ...(end.chance(0.2) && { priority: end.pick([1, 2, 3, 4] as const) }),
    ...(depth === 0 && !draw.narrow && end.chance(0.06) && { cancelAt: end.int(60_000) }),
    ...(end.chance(0.5) && { output: end.shuffled(tasks.map((task) => task.id)).slice(0, end.between(1, 3)) }),
  };
}

function taskOf(
  draw: Draw,
  id: string,
  earlier: readonly TaskPlan[],
  whole: readonly string[],
  group?: string,
): TaskPlan {
  const { random, mood, depth } = draw;
  const graph = random.fork('graph');
  const near = earlier.slice(-8);
  const parents = graph
    .shuffled(near.map((task) => task.id))
    .slice(0, Number(graph.weighted({ 0: 25, 1: 40, 2: 25, 3: 10 })));
  if (draw.narrow && near.length > 0) parents.splice(0, parents.length, near.at(-1)?.id ?? 't0');
  const groups = graph.chance(0.5) ? graph.shuffled(whole.filter((name) => name !== group)).slice(0, 1) : [];
  const dependsOn = [...parents, ...groups];
  const kind = random.fork('kind');
  const drawn = kindOf({ ...draw, random: kind }, id, parents, groups);
  const sleeps = random.fork('sleep');
  const plan: KindPlan =
    drawn.kind === 'value' && sleeps.chance(0.4) ? { kind: 'sleep', sleep: sleepOf(sleeps) } : drawn;
  const extra = random.fork('extra');
  const isWork = plan.kind === 'type';
  const adds = plan.kind === 'type' && plan.work.adds.length > 0;
  const each =
    extra.chance(0.1) && !adds && (isWork || plan.kind === 'value' || plan.kind === 'ask')
      ? itemsOf(extra, parents, mood)
      : undefined;
  const doomed = isDoomed(plan);
  const softens = doomed && extra.chance(0.75) ? extra.pick(['optional', 'fallback', 'fallback'] as const) : undefined;
  const tame = group === undefined || !doomed;
  return {
    ...withRounds(draw, plan, id, each !== undefined),
    id,
    dependsOn,
    escalated: randomEscalated(plan, extra),
    ...(!draw.narrow && extra.chance(0.15) && { when: conditionOf(extra, parents, mood) }),
    ...(each && { each }),
    ...(group !== undefined && { group }),
    ...(extra.chance(0.2) && { priority: extra.pick([1, 2, 3, 4] as const) }),
    ...(tame && (softens === 'optional' || extra.chance(0.04)) && { optional: true as const }),
    ...((softens === 'fallback' || extra.chance(0.05)) &&
      plan.kind !== 'value' &&
      plan.kind !== 'sleep' && { fallback: fallbackOf(extra, mood) }),
    ...(isWork &&
      doomed &&
      plan.work.behaviour.does !== 'refuse' &&
      classOf(plan.work) !== 'data' &&
      extra.chance(0.3) && { escalate: extra.pick(['person', 'fail'] as const) }),
    ...(isWork && extra.chance(0.25) && { undo: { failures: Number(extra.weighted({ 0: 70, 1: 15, 2: 10, 99: 5 })) } }),
    ...(isWork &&
      extra.chance(0.2) && {
        select: extra.pick(['score', 'round_robin', 'least_loaded', 'response_time', 'weighted'] as const),
      }),
    ...(depth === 0 && plan.kind !== 'consensus' && extra.chance(0.08) && { sees: parents.slice(0, 1) }),
  };
}

function kindOf(draw: Draw, id: string, parents: readonly string[], groups: readonly string[]): KindPlan {
  const { random, depth, mood, name, nested } = draw;
  const many = parents.length > 1 && groups.length === 0;
  const top = depth === 0 ? 1 : 0;
  const ownOfTop = depth === 1 && nested === 1 ? 1 : 0;
  const kind = random.weighted({
    type: 74,
    value: 7,
    waitFor: 6 * top,
    ask: 5,
    workflow: 4 * top + 10 * ownOfTop,
    consensus: many ? 10 : 0,
  });
  switch (kind) {
    case 'type':
      return { kind, work: workOf(draw, id, parents, groups) };
    case 'value':
      return {
        kind,
        value:
          parents[0] === undefined ? constant(random.int(100)) : random.pick([answerOf(parents[0]), inputField('x')]),
      };
    case 'waitFor': {
      const when = random.weighted({ before: 3, early: 3, in_time: 3, never: mood === 'grim' ? 2 : 0 });
      const at = { before: 0, early: random.int(5_000), in_time: random.int(60_000), never: undefined }[when];
      return {
        kind,
        wait: {
          event: `signal_${id}`,
          payload: { v: random.int(1_000) },
          ...(random.chance(0.4) && { key: `order ${random.int(9)}` }),
          ...(at === undefined
            ? random.chance(0.6) && { timeoutSeconds: random.between(20, 60) }
            : { at, timeoutSeconds: 40_000 }),
        },
      };
    }
    case 'ask': {
      const options = random.chance(0.5) ? ['approve', 'reject'] : ['left', 'right', 'neither'];
      const how = random.weighted({
        once: 6,
        twice: 2,
        silent: mood === 'grim' ? 1 : 0,
        late: mood === 'grim' ? 1 : 0,
      });
      const first = { decision: random.pick(options), afterMs: random.between(1_000, 50_000) };
      const second = { decision: random.pick(options), afterMs: first.afterMs + random.between(0, 20_000) };
      if (how === 'silent') return { kind, ask: { options, answers: [], timeoutSeconds: random.between(20, 60) } };
      if (how === 'late')
        return {
          kind,
          ask: { options, answers: [{ ...first, afterMs: 400_000 }], timeoutSeconds: random.between(20, 60) },
        };
      const shows = random.chance(0.4) && { shows: true as const };
      return { kind, ask: { options, answers: how === 'twice' ? [first, second] : [first], ...shows } };
    }
    case 'workflow': {
      const child = { ...draw, random: random.fork('child'), depth: depth + 1, name: `${name}.${id}` };
      const program = programOf(child, random.between(1, 4));
      return { kind, child: { ...program, input: { ...program.input, x: random.int(1_000) } } };
    }
    case 'consensus': {
      return {
        kind,
        consensus: {
          quorum: 1,
          tie: random.pick(['fail', 'first'] as const),
          ...(random.chance(0.5) && { threshold: random.pick([0, 0.5, 0.6]) }),
          ...(random.chance(0.4) && {
            weights: Object.fromEntries(parents.map((parent) => [parent, random.between(1, 3)])),
          }),
        },
      };
    }
  }
}

function workOf(draw: Draw, id: string, parents: readonly string[], groups: readonly string[]): Work {
  const { random, mood, depth, oversize } = draw;
  const effects = random.weighted({ none: 6, idempotent: 2, outside: 2 });
  const { behaviour, attempts } = randomBehaviour(random.fork('behaviour'), mood, effects);
  const reads: Expr[] = [];
  if (random.chance(0.15)) reads.push(inputField('x'));
  for (const parent of parents) if (random.chance(0.1)) reads.push(answerOf(parent));
  for (const group of groups) if (random.chance(0.3)) reads.push(sizeOf(group));
  if (mood === 'grim' && random.chance(0.03)) reads.push(nothing());
  const pinned = behaviour.does !== 'refuse' && random.chance(0.06);
  // Those with outside effects are few, and what may go wrong between effect and record is most of what they are for.
  const large = effects === 'outside' ? 0.15 : 0.04;
  const pad = oversize && random.chance(0.3) ? random.pick([2_000, 70_000]) : random.chance(large) ? 1_500 : 0;
  const adder = depth === 0 && random.chance(0.05);
  return {
    ...{ effects, behaviour, attempts, pad, reads },
    ...(pinned && { agent: random.pick(AGENTS[effects]) }),
    adds: adder ? addedBy({ ...draw, random: random.fork('added'), depth: depth + 1 }, id) : [],
  };
}

/** Some work is not done in one go. */
function withRounds(draw: Draw, plan: KindPlan, id: string, isEach: boolean): KindPlan {
  if (plan.kind !== 'type') return plan;
  const { mood, depth, nested, delegates, narrow } = draw;
  const random = draw.random.fork('rounds');
  const often = narrow ? [0] : delegates ? [0.6, 0.3] : [0.1, 0.15];
  if (!random.chance(often[nested] ?? 0)) return plan;
  const own = (stream: Random): Draw => ({ ...draw, random: stream, depth: depth + 1, nested: nested + 1 });
  const rounds = roundsOf(
    {
      ...{ random, mood, hearsEvents: depth === 0 && !isEach },
      task: (stream, name, earlier) => taskOf(own(stream), name, earlier, []),
      work: (stream, name) => calledTask(own(stream), name),
    },
    id,
  );
  return { ...plan, work: { ...plan.work, rounds, ...(random.chance(0.5) && { early: true as const }) } };
}

/** What one agent has another do: its input is data, and reads nothing. */
function calledTask(draw: Draw, id: string): TaskPlan {
  const { random } = draw;
  const plan: KindPlan = { kind: 'type', work: { ...workOf(draw, id, [], []), reads: [] } };
  const escalated = randomEscalated(plan, random.fork('escalated'));
  const undo = random.chance(0.25) && { undo: { failures: 0 } };
  return { ...withRounds(draw, plan, id, true), id, dependsOn: [], escalated, ...undo };
}

/** Tasks that an agent adds: a small graph that hangs on the task itself. */
function addedBy(draw: Draw, id: string): TaskPlan[] {
  const added: TaskPlan[] = [];
  const count = draw.random.between(1, 3);
  for (let index = 0; index < count; index += 1) {
    const task = taskOf({ ...draw, random: draw.random.fork(`task ${index}`) }, `${id}x${index}`, added, []);
    added.push(task.dependsOn.length > 0 ? task : { ...task, dependsOn: draw.random.chance(0.7) ? [id] : [] });
  }
  return added;
}
