import type { Json, JsonObject } from '../../lambdas/contracts/json.ts';
import type { Random } from '../simulation/random.ts';

/** An event that a task of the run waits for. */
export interface PlannedSignal {
  readonly key: string;
  readonly payload: JsonObject;
  /** It is sent so long after the run was asked for; the run may not have begun by then. */
  readonly afterMs: number;
}

/** A run that must complete, whatever happens to those who do it. */
export interface PlannedRun {
  readonly tenant: string;
  readonly definition: JsonObject;
  readonly signals: readonly PlannedSignal[];
  /** By task: what must be paid, once. */
  readonly payments: ReadonlyMap<string, number>;
  /** By task: what its answer must hold. */
  readonly answers: Readonly<Record<string, Json>>;
}

export const TENANTS = ['soak-ann', 'soak-bob'] as const;

/** Limits that all runs of a tenant share: one name, one rule. */
const TASK_LIMITS: readonly JsonObject[] = [
  { name: 'soak.slots', concurrency: 2 },
  { name: 'soak.rate', rate: { limit: 5, periodSeconds: 1, burst: 5 } },
];
const ADMISSION: JsonObject = { limits: [{ name: 'soak.runs', concurrency: 4 }] };

interface Kind {
  readonly task: JsonObject;
  readonly answer: Json;
  readonly pays?: number;
  readonly signal?: PlannedSignal;
}

/** Tasks that each depend on up to two earlier ones. */
export function planRun(random: Random, number: number): PlannedRun {
  const tasks: JsonObject[] = [];
  const answers: Record<string, Json> = {};
  const payments = new Map<string, number>();
  const signals: PlannedSignal[] = [];
  const count = random.between(3, 12);
  for (let index = 0; index < count; index += 1) {
    const id = `t${index}`;
    const earlier = tasks.slice(-5).map((task) => String(task.id));
    const dependsOn = random.shuffled(earlier).slice(0, random.between(0, 2));
    const kind = random.weighted({ shared: 55, pay: 15, each: 10, wait: 10, child: 10 });
    const saw = Object.fromEntries(dependsOn.map((before) => [before, answers[before] ?? null]));
    const { task, answer, pays, signal } = KINDS[kind](random, id, `${number}.${id}`, saw);
    tasks.push({ id, ...task, ...(dependsOn.length > 0 && { dependsOn }) });
    answers[id] = answer;
    if (pays !== undefined) payments.set(id, pays);
    if (signal) signals.push(signal);
  }
  const lifecycle = random.chance(0.15) ? 'step_functions' : 'queue';
  const definition = {
    ...{ name: 'soak.load', lifecycle, tasks, output: tasks.map(({ id }) => String(id)) },
    ...(lifecycle === 'queue' && random.chance(0.15) && { admission: ADMISSION }),
  };
  return { tenant: random.pick(TENANTS), definition, signals, payments, answers };
}

const KINDS: Record<
  'shared' | 'pay' | 'each' | 'wait' | 'child',
  (random: Random, id: string, say: string, saw: JsonObject) => Kind
> = {
  shared(random, _id, say, saw) {
    const [heard] = Object.entries(saw).flatMap(([before, answer]) => {
      const said = answer && typeof answer === 'object' && 'say' in answer ? answer.say : undefined;
      return typeof said === 'string' ? [{ before, said }] : [];
    });
    const repeats = heard !== undefined && random.chance(0.3) ? heard : undefined;
    const input = { say: repeats ? `{% $results.${repeats.before}.say & "+" %}` : say, ...trouble(random) };
    const limits = random.chance(0.1) && { limits: [random.pick(TASK_LIMITS)] };
    const task = { type: 'probe.shared', input, retry: { maxAttempts: 4, intervalSeconds: 0.2 }, ...limits };
    return { task, answer: { say: repeats ? `${repeats.said}+` : say, saw } };
  },
  pay(random) {
    const amount = random.between(1, 1_000);
    const crash = random.chance(0.05) && { crash: random.pick(['before', 'after']) };
    const task = { type: 'probe.pay', input: { amount, ...crash }, timeoutSeconds: 60 };
    return { task, answer: { paid: amount }, pays: amount };
  },
  each(random, _id, say) {
    const items = Array.from({ length: random.between(2, 6) }, (_, item) => `${say}.${item}`);
    const forEach = { items, ...(random.chance(0.5) && { limit: 2 }) };
    return {
      task: { type: 'probe.shared', forEach, input: { say: '{% $item %}' } },
      answer: items.map((item) => ({ say: item })),
    };
  },
  wait(random, id, say) {
    const payload = { say };
    return {
      task: { waitFor: { event: 'go', key: id } },
      answer: payload,
      signal: { key: id, payload, afterMs: random.between(0, 8_000) },
    };
  },
  child(_random, _id, say) {
    return { task: { workflow: { name: 'probe.child' }, input: { orders: { say } } }, answer: { work: { say } } };
  },
};

/** What goes wrong without anybody's doing. */
function trouble(random: Random): JsonObject {
  const what = random.weighted({ nothing: 60, work: 25, fail: 13, crash: 2 });
  if (what === 'work') return { work: { ms: random.between(50, 2_000) } };
  if (what === 'fail') return { fail: { class: 'recoverable', attempts: random.between(1, 2) } };
  return what === 'crash' ? { crash: { attempts: 1 } } : {};
}
