import { virtualClock } from '../../lambdas/adapters/memory/virtual-clock.ts';
import { QuarantinePolicy } from '../../lambdas/contracts/behaviour.ts';
import { REPLAY_SOURCE } from '../../lambdas/contracts/bus-events.ts';
import type { FlowEvent } from '../../lambdas/flow/events.ts';
import type { Hooks } from '../../lambdas/testing/hooks.ts';
import { inProcessPlatform } from '../../lambdas/testing/in-process-platform.ts';
import { armFaults } from './arm-faults.ts';
import { comeToRest } from './come-to-rest.ts';
import type { FaultName } from './faults/catalog.ts';
import type { World } from './faults/fault.ts';
import { CONTAINER, FLEET, programsByName } from './fleet/agents.ts';
import { ARCHIVES, archiveAll, archiverFault } from './fleet/archiving.ts';
import { request } from './fleet/client.ts';
import { loseAndRestore } from './fleet/disaster.ts';
import { createLedger } from './fleet/ledger.ts';
import { command } from './fleet/operations.ts';
import { operate } from './fleet/operator.ts';
import { createPauses, nameOf } from './fleet/pauses.ts';
import { people } from './fleet/people.ts';
import { plainJournal } from './fleet/plain-journal.ts';
import { type AtWork, setStage } from './fleet/stage.ts';
import type { Tuning } from './fleet/tunable.ts';
import { checkInvariants } from './invariants.ts';
import { noteWrites } from './noting.ts';
import { does, type HistoryPlan } from './plan-history.ts';
import type { Published } from './played.ts';
import { definitionOf } from './programs/compile.ts';
import { programEvaluator } from './programs/expressions.ts';
import { allTasks, withChildren } from './programs/plan.ts';
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
  const pauses = createPauses(clock);
  const executions = new Map<string, number>();
  const deadly = new Set<string>();
  const lateness: string[] = [];
  const tunings: Tuning[] = [];
  const archives = does(plan, 'archive');
  const faulty = plan.faults.length > 0;
  const mishaps = random.fork('archiver');
  const calmAt = startedAt + plan.calmAfterMs;
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
      const pause = pauses.leftOf(call);
      if (pause > 0) return { delayMs: pause };
      const archiving = archives && faulty && clock.now() < calmAt ? archiverFault(call, mishaps) : undefined;
      return archiving ?? faults.hooks.call?.(call);
    },
    ports: (ports, container) => {
      const clocked = { ...ports, clock: pauses.clockOf(container, ports.clock) };
      const own =
        'setting' in clocked
          ? { ...clocked, setting: (setting: string) => (setting === CONTAINER ? nameOf(container) : undefined) }
          : clocked;
      return faults.hooks.ports ? faults.hooks.ports(own, container) : own;
    },
  };
  const platform = inProcessPlatform({
    clock,
    hooks,
    evaluator: programEvaluator,
    random: random.fork('dice').next,
    signatures: plan.signs ? 'required' : 'off',
    // What becomes of rogue agents is for other tests: here the rest must go on with them.
    quarantine: QuarantinePolicy.parse({ impersonation: 'alert', forgery: 'alert', replay: 'alert' }),
    measureEveryMs: plan.measures ? 60_000 : 0,
    sweepEveryMs: plan.sweepMinutes * 60_000,
    ...(archives && { archiveEveryMs: ARCHIVES.everyMs, archiveAfterDays: ARCHIVES.afterMs / 86_400_000 }),
  });
  if (!plan.storesItems && !archives) {
    platform.world.journal = plainJournal();
    platform.world.flowJournal = plainJournal<FlowEvent>();
  }
  const noting = noteWrites(platform.world, () => clock.now(), archives);
  const world: World = { platform, startedAt, programs };
  platform.world.bus.subscribe((event) => trace.event(event));
  const work = random.fork('work');
  setStage({
    ...{
      programs,
      ledger,
      random: work,
      effortMs: () => (plan.uneven ? work.between(1, 400) : 100 * work.between(1, 3)),
    },
    befall: (at, moment) => faults.befall(at, moment),
    isDown: () => faults.isDown(),
    kills(at) {
      deadly.add(keyOf(at));
      platform.processes.get(at.container.process)?.kill(at.container);
    },
    hangs(at) {
      deadly.add(keyOf(at));
      pauses.freeze(at.container, Number.POSITIVE_INFINITY);
    },
    freeze: pauses.freeze,
    executed(at, late) {
      executions.set(keyOf(at), (executions.get(keyOf(at)) ?? 0) + 1);
      // A process that stood still may begin what was in its hands; nothing in it can know.
      if (late && !pauses.any) lateness.push(`B: ${keyOf(at)} was begun after its time was over`);
    },
    tuned({ runId, taskId, attempt }, agent, tuned) {
      tunings.push({ agent, runId, taskId, attempt, at: clock.now(), tuned });
    },
  });
  try {
    for (const agent of FLEET) await platform.deploy(agent);
    for (const program of plan.programs)
      for (const child of withChildren(program).slice(1))
        await platform.world.registry.registerDefinition(definitionOf(child));
    people(platform, programs, ledger, random.fork('people'));
    const published: Published[] = [];
    platform.world.bus.subscribe(({ source, detailType: name, detail }) => {
      if (source !== REPLAY_SOURCE) published.push({ name, detail, at: clock.now() });
    });
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
    command(platform, plan, random.fork('operations'));
    await faults.begin();
    const until = (at: number): Promise<unknown> =>
      platform.time.runWhile(() => clock.now() < at && !tired(), Math.max(0, at - clock.now()));
    const loss = plan.commands?.find((given) => given.does === 'restore');
    if (loss) {
      await until(startedAt + loss.atMs + loss.forMs);
      const losesMessages = random.fork('loss').chance(0.5);
      await loseAndRestore(platform, noting, { storesItems: plan.storesItems, losesMessages });
    }
    await until(calmAt);
    faults.end();
    await operate(platform);
    let busy = await comeToRest(platform, tired);
    // What was parked meanwhile is repaired as well.
    for (let round = 0; round < 5 && !busy && (await operate(platform)) > 0; round += 1)
      busy = await comeToRest(platform, tired);
    if (archives && !busy) await archiveAll(platform);
    const quietSince = steps;
    if (plan.checksQuiet && !busy) await platform.time.advance(QUIET_MS);
    const checked = await checkInvariants({
      plan,
      platform,
      startedAt,
      programs,
      ledger,
      published,
      busy,
      executions,
      deadly,
      faults,
      tunings,
      notes: noting.notes,
    });
    checked.violations.push(...lateness);
    if (plan.checksQuiet && quietSince !== steps)
      checked.violations.push('Q: something still happened after everything had come to rest');
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
