import { virtualClock } from '../../lambdas/adapters/memory/virtual-clock.ts';
import type { Clock } from '../../lambdas/runtime/ports.ts';
import type { ContainerId, Hooks } from '../../lambdas/testing/hooks.ts';
import { type InProcessPlatform, inProcessPlatform } from '../../lambdas/testing/in-process-platform.ts';
import { comeToRest } from './come-to-rest.ts';
import { armFaults, type FaultName, type World } from './faults.ts';
import { CONTAINER, FLEET, programsByName } from './fleet/agents.ts';
import { createLedger } from './fleet/ledger.ts';
import { operate } from './fleet/operator.ts';
import { people } from './fleet/people.ts';
import { setStage, type AtWork } from './fleet/stage.ts';
import { checkInvariants } from './invariants.ts';
import { type HistoryPlan, requestIdOf } from './plan-history.ts';
import { definitionOf } from './programs/compile.ts';
import { programEvaluator } from './programs/expressions.ts';
import { allTasks, type Program, withChildren } from './programs/plan.ts';
import { randomOf } from './random.ts';
import { createTrace } from './trace.ts';

export interface HistoryReport {
  readonly seed: number;
  readonly violations: readonly string[];
  /** How often each kind of fault struck. */
  readonly fired: Readonly<Partial<Record<FaultName, number>>>;
  readonly hash: string;
  readonly tasks: number;
  readonly entries: number;
  readonly lines: readonly string[];
}

/** A process that is paused for good is let go on after so long: whatever it held has been given up by then. */
const LONGEST_PAUSE_MS = 4 * 3_600_000;
/** After so long an operator looks after a parked message. */
const OPERATOR_COMES_MS = 600_000;
/** Nothing may happen in this time after everything came to rest. */
const QUIET_MS = 3 * 3_600_000;

/** Plays one history: the same plan gives the same report. */
export async function playHistory(plan: HistoryPlan, keepTrace = false): Promise<HistoryReport> {
  const random = randomOf(plan.seed);
  const clock = virtualClock();
  const startedAt = clock.now();
  const trace = createTrace(startedAt, keepTrace);
  const programs = programsByName(plan.programs.flatMap(withChildren));
  const ledger = createLedger();
  const frozen = new Map<string, number>();
  const executions = new Map<string, number>();
  const deadly = new Set<string>();
  const lateness: string[] = [];
  let steps = 0;
  const size = plan.programs.reduce((sum, program) => sum + allTasks(program.tasks).length, 0);
  const enough = 4_000 + 400 * size;
  const tired = (): boolean => steps > enough;
  const faults = armFaults(plan, random.fork('faults'), () => world);
  const hooks: Hooks = {
    ...faults.hooks,
    step(step) {
      trace.step(step);
      // Scheduled calls go on for ever.
      if (step.queue !== '') steps += 1;
      if (steps > 3 * enough) throw new Error('Q: things go on without time passing');
      faults.hooks.step?.(step);
    },
    call(call) {
      trace.call(call);
      const until = frozen.size > 0 ? frozen.get(nameOf(call)) : undefined;
      if (until !== undefined && until > clock.now()) return { delayMs: until - clock.now() };
      return faults.hooks.call?.(call);
    },
    ports: (ports, container) => {
      const name = nameOf(container);
      const isFrozenFor = (): number => (frozen.size > 0 ? (frozen.get(name) ?? 0) - clock.now() : 0);
      const clocked = { ...ports, clock: pausable(ports.clock, isFrozenFor) };
      const own = 'setting' in clocked ? { ...clocked, setting: (setting: string) => (setting === CONTAINER ? name : undefined) } : clocked;
      return faults.hooks.ports ? faults.hooks.ports(own, container) : own;
    },
  };
  const platform = inProcessPlatform({ clock, hooks, evaluator: programEvaluator, random: random.fork('dice').next, measureEveryMs: plan.measures ? 60_000 : 0 });
  const world: World = { platform, startedAt, programs };
  platform.world.bus.subscribe((event) => trace.event(event));
  const work = random.fork('work');
  setStage({
    ...{ programs, ledger, random: work, effortMs: () => (plan.uneven ? work.between(1, 400) : 100 * work.between(1, 3)) },
    befall: (at, moment) => faults.befall(at, moment),
    isDown: () => faults.isDown(),
    kills(at) {
      deadly.add(keyOf(at));
      platform.processes.get(at.container.process)?.kill(at.container);
    },
    freeze: (container, ms) => void frozen.set(nameOf(container), clock.now() + pauseOf(ms)),
    executed(at, late) {
      executions.set(keyOf(at), (executions.get(keyOf(at)) ?? 0) + 1);
      if (late) lateness.push(`B: ${keyOf(at)} was begun after its time was over`);
    },
  });
  try {
    for (const agent of FLEET) await platform.deploy(agent);
    for (const program of plan.programs) for (const child of withChildren(program).slice(1)) await platform.world.registry.registerDefinition(definitionOf(child));
    people(platform, programs, ledger, random.fork('people'));
    const published = record(platform);
    let comes = false;
    platform.world.bus.subscribe(({ detailType }) => {
      if (detailType !== 'message_parked' || comes) return;
      comes = true;
      clock.after(OPERATOR_COMES_MS, () => {
        comes = false;
        void operate(platform);
      });
    });
    for (const program of plan.programs) await request(platform, program, plan);
    await faults.begin();
    await platform.time.runWhile(() => clock.now() < startedAt + plan.calmAfterMs && !tired(), plan.calmAfterMs);
    faults.end();
    await operate(platform);
    let busy = await comeToRest(platform, tired);
    // What was parked meanwhile is repaired as well.
    for (let round = 0; round < 5 && !busy && (await operate(platform)) > 0; round += 1) busy = await comeToRest(platform, tired);
    const quietSince = steps;
    if (plan.checksQuiet && !busy) await platform.time.advance(QUIET_MS);
    const checked = await checkInvariants({ plan, platform, programs, ledger, published, busy, executions, deadly, faults });
    checked.violations.push(...lateness);
    if (plan.checksQuiet && quietSince !== steps) checked.violations.push('Q: something still happened after everything had come to rest');
    return {
      ...{ seed: plan.seed, violations: checked.violations, fired: faults.fired(), hash: trace.hash() },
      ...{ tasks: size, entries: checked.entries, lines: trace.lines },
    };
  } finally {
    setStage(undefined);
    platform.stop();
  }
}

const keyOf = ({ runId, taskId, attempt }: AtWork): string => `${runId}/${taskId}/${attempt}`;
const nameOf = ({ process, container }: ContainerId): string => `${process} ${container}`;

const pauseOf = (ms: number): number => Math.min(ms, LONGEST_PAUSE_MS);

/** A process that stands still does not hear its timers either; they go off when it goes on. */
function pausable(clock: Clock, frozenFor: () => number): Clock {
  return {
    now: () => clock.now(),
    after(ms, callback) {
      const ring = (): void => {
        const pause = frozenFor();
        if (pause > 0) cancel = clock.after(pause, ring);
        else callback();
      };
      let cancel = clock.after(ms, ring);
      return () => cancel();
    },
  };
}

/** Asks for the program's run, sends it its events and its cancel. */
async function request(platform: InProcessPlatform, program: Program, plan: HistoryPlan): Promise<void> {
  const { clock } = platform;
  const request_id = requestIdOf(program);
  const common = { request_id, tenant: 'default' };
  for (const task of allTasks(program.tasks)) {
    if (task.kind !== 'waitFor' || task.wait.at === undefined) continue;
    const { event, key, payload, at } = task.wait;
    const detail = { ...common, event, payload, event_id: `${request_id}/${task.id}`, ...(key !== undefined && { key }) };
    const send = (): void => void platform.publish({ name: 'workflow_event', detail });
    if (at === 0) send();
    else clock.after(at, send);
  }
  const definition = definitionOf(program);
  if (!plan.adHoc) await platform.world.registry.registerDefinition(definition);
  const detail = { ...common, workflow: program.name, input: program.input, ...(plan.adHoc && { definition: JSON.parse(JSON.stringify(definition)) }) };
  await platform.publish({ name: 'workflow_requested', detail });
  for (const repeat of plan.repeats ?? []) {
    const again = repeat.otherBody ? { ...detail, input: { ...program.input, other: true } } : detail;
    clock.after(repeat.afterMs, () => void platform.publish({ name: 'workflow_requested', detail: again }));
  }
  if (program.cancelAt === undefined) return;
  const { runIdOf } = await import('../../lambdas/workflow/run-identity.ts');
  const workflow_id = runIdOf('default', request_id);
  clock.after(program.cancelAt, () => void platform.publish({ name: 'workflow_cancel_requested', detail: { workflow_id, reason: 'by plan', requested_by: 'person' } }));
}

/** Everything that anybody put on the bus. */
function record(platform: InProcessPlatform) {
  const published: Array<{ readonly name: string; readonly detail: Readonly<Record<string, unknown>>; readonly at: number }> = [];
  platform.world.bus.subscribe(({ detailType, detail }) => published.push({ name: detailType, detail, at: platform.clock.now() }));
  return published;
}
export type Published = ReturnType<typeof record>;
