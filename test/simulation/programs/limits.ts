import type { Random } from '../random.ts';
import { constant, type Expr, inputField, nothing, theItem } from './expressions.ts';
import type { AdmissionPlan, LimitPlan, Program, TaskPlan, Work } from './plan.ts';

/** What the runs of a history must share: nothing, limits of their tasks, or the way in as well. */
export type Flows = 'none' | 'limits' | 'admission';

/** The programs under limits. Names are the history's own, and stand for one rule wherever they are used. */
export function limited(
  programs: readonly Program[],
  flows: Flows,
  random: Random,
  mayShare: boolean,
): readonly Program[] {
  if (flows === 'none') return programs;
  const pool = poolOf(random.fork('pool'), mayShare);
  const inside = programs.map((program) => withLimits(program, pool, random.fork(`limits ${program.name}`)));
  if (flows === 'limits') return inside;
  const way = random.fork('way');
  return inside.flatMap((program) => {
    const admission = spoiled(admissionOf(way), way.fork(`key of ${program.name}`));
    const crowd = {
      ...(admission.batch ? withoutInput(program) : program),
      admission,
      input: inputOf(program, way),
      lifecycle: 'queue' as const,
    };
    const copies = Array.from({ length: way.between(1, 4) }, (_, index): Program => {
      const { cancelAt: _cancelAt, ...rest } = crowd;
      return {
        ...rest,
        copy: index + 1,
        input: inputOf(program, way),
        requestedAt: way.int(way.pick([1, 2_000, 90_000])),
        ...(way.chance(0.1) && { cancelAt: way.int(90_000) }),
      };
    });
    return [crowd, ...copies];
  });
}

const KEYS = ['red', 'blue'] as const;

const inputOf = ({ input }: Program, random: Random): Program['input'] => ({ ...input, k: random.pick(KEYS) });

/** Limits that tasks of all programs may have. */
function poolOf(random: Random, mayShare: boolean): readonly LimitPlan[] {
  const shared = (): Pick<LimitPlan, 'scope'> => (mayShare && random.chance(0.3) ? { scope: 'platform' } : {});
  const key = (): Pick<LimitPlan, 'key'> => (random.chance(0.4) ? { key: inputField('k') } : {});
  return [
    { name: 'sim.few', concurrency: random.between(1, 3), ...shared(), ...key() },
    { name: 'sim.many', concurrency: random.between(2, 6), ...shared(), ...key() },
    {
      name: 'sim.rate',
      rate: {
        limit: random.between(1, 20),
        periodSeconds: random.pick([1, 10]),
        ...(random.chance(0.5) && { burst: random.between(1, 4) }),
      },
      ...shared(),
      ...key(),
    },
    { concurrency: random.between(1, 2) },
  ];
}

function withLimits(program: Program, pool: readonly LimitPlan[], random: Random): Program {
  return {
    ...program,
    input: inputOf(program, random),
    tasks: program.tasks.map((task) => limitedTask(task, pool, random.fork(task.id))),
  };
}

function limitedTask(task: TaskPlan, pool: readonly LimitPlan[], random: Random): TaskPlan {
  if (task.kind === 'workflow') return { ...task, child: withLimits(task.child, pool, random.fork('child')) };
  if (task.kind !== 'type') return task;
  // What agents add is not held against what is registered: no limit that all tenants share.
  const own = pool.filter(({ scope }) => scope === undefined);
  const adds = task.work.adds.map((added) => limitedTask(added, own, random.fork(added.id)));
  const rounds =
    task.work.rounds && changedOwn(task.work.rounds, (mine) => limitedTask(mine, own, random.fork(mine.id)));
  const work = { ...task.work, ...(adds.length > 0 && { adds }), ...(rounds && { rounds }) };
  if (!random.chance(0.5)) return { ...task, work };
  const limits = random.shuffled(pool).slice(0, random.between(1, 2));
  const keyed = limits.map((limit) =>
    task.each && limit.name === undefined && random.chance(0.5) ? { ...limit, key: theItem() } : limit,
  );
  return { ...task, work, limits: keyed };
}

function admissionOf(random: Random): AdmissionPlan {
  const key = () => (random.chance(0.5) ? { key: inputField('k') } : {});
  const how = random.weighted({ limits: 3, singleton: 5, debounce: 3, batch: 3 });
  const wait = random.chance(0.15) ? { waitSeconds: random.between(5, 120) } : {};
  const limits: readonly LimitPlan[] = [
    { name: 'sim.runs', concurrency: random.between(1, 2), ...key() },
    ...(random.chance(0.4) ? [{ rate: { limit: 1, periodSeconds: random.pick([1, 20]) } }] : []),
  ];
  const more = random.chance(0.2) ? { limits } : {};
  switch (how) {
    case 'limits':
      return { limits, ...wait };
    case 'singleton':
      return { singleton: { mode: random.pick(['wait', 'skip', 'cancel'] as const), ...key() }, ...more, ...wait };
    case 'debounce': {
      const seconds = random.between(1, 40);
      return {
        debounce: { seconds, ...(random.chance(0.4) && { atMostSeconds: seconds + random.int(60) }), ...key() },
        ...more,
        ...wait,
      };
    }
    case 'batch':
      return { batch: { size: random.between(1, 3), seconds: random.between(1, 60), ...key() }, ...more, ...wait };
  }
}

/** Now and then a key yields nothing. */
function spoiled(admission: AdmissionPlan, random: Random): AdmissionPlan {
  if (!random.chance(0.07)) return admission;
  const { debounce, singleton, batch, limits = [] } = admission;
  const key = nothing();
  if (debounce) return { ...admission, debounce: { ...debounce, key } };
  if (singleton) return { ...admission, singleton: { ...singleton, key } };
  if (batch) return { ...admission, batch: { ...batch, key } };
  return { ...admission, limits: limits.map((limit) => ({ ...limit, key })) };
}

/** Nobody can say at which gate its runs would stand. */
export function hasSpoiledKey({ admission }: Pick<Program, 'admission'>): boolean {
  const { debounce, singleton, batch, limits = [] } = admission ?? {};
  const { source } = nothing();
  return [debounce, singleton, batch, ...limits].some((gate) => gate?.key?.source === source);
}

/** In a batch there is no input but the list of its members'. */
function withoutInput(program: Program): Program {
  return { ...program, tasks: program.tasks.map(blind) };
}

function blind(task: TaskPlan): TaskPlan {
  const { limits, each, when, ...rest } = task;
  const seen = {
    ...rest,
    ...(when && { when: readsInput(when) ? constant(true) : when }),
    ...(each && { each: 'source' in each.items && readsInput(each.items) ? { ...each, items: [3, 6] } : each }),
    ...(limits && {
      limits: limits.map(({ key, ...limit }) => (key && readsInput(key) ? limit : { ...limit, ...(key && { key }) })),
    }),
  };
  if (seen.kind === 'value' && readsInput(seen.value)) return { ...seen, value: constant(7) };
  if (seen.kind !== 'type') return seen;
  const { work } = seen;
  return {
    ...seen,
    work: {
      ...work,
      reads: work.reads.filter((read) => !readsInput(read)),
      adds: work.adds.map(blind),
      ...(work.rounds && { rounds: changedOwn(work.rounds, blind) }),
    },
  };
}

function changedOwn(
  rounds: NonNullable<Work['rounds']>,
  change: (task: TaskPlan) => TaskPlan,
): NonNullable<Work['rounds']> {
  return rounds.map((round) => round.map((own) => ({ ...own, tasks: own.tasks.map(change) })));
}

const readsInput = ({ source }: Expr): boolean => source.includes('$input');
