import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { type CampaignOptions, type CampaignReport, playCampaign } from './campaign.ts';
import { FAULT_NAMES, FAULTS, type FaultName } from './faults/catalog.ts';
import { playHistory } from './history.ts';
import { COMMANDS } from './plan-history.ts';
import { type PlanChoice, planOfSeed } from './plan-of-seed.ts';
import { type Hunted, huntPlanted } from './planted/hunt.ts';
import { shrink } from './shrink.ts';

const USAGE = `npm run sim -- [--histories 1000] [--seed 1] [--faults a,b] [--tasks N] [--commands what] [--jobs N] [--json]
npm run sim -- --trace SEED | --planted [--only a,b] | --list

Plays random workflow programs on the production code under faults, and holds every history against the invariants.
--faults   only these kinds, or "none"; --list names them
--tasks    programs of exactly so many tasks, not counting what they add and their sub-workflows
--commands somebody does this in each history: ${COMMANDS.join(', ')}
--delegates  most work waits for what it delegates
--jobs     threads; default: all cores. The result does not depend on it
--json     ends with one line of JSON
--trace    prints everything that happens in the history of this seed
--planted  plants bugs into the production code, one at a time, and says which the simulation finds`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      histories: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      faults: { type: 'string' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      json: { type: 'boolean', default: false },
      tasks: { type: 'string' },
      commands: { type: 'string' },
      trace: { type: 'string' },
      planted: { type: 'boolean', default: false },
      only: { type: 'string' },
      list: { type: 'boolean', default: false },
      delegates: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return say(USAGE);
  if (values.list)
    return say(
      FAULT_NAMES.map(
        (name) => `${String(FAULTS[name].number).padStart(2)} ${name.padEnd(22)} ${FAULTS[name].does}`,
      ).join('\n'),
    );
  const jobs = numberOf('jobs', values.jobs);
  if (values.planted) return planted(jobs, values.json, values.only?.split(','));
  const choice: PlanChoice = {
    ...(values.faults !== undefined && { faults: faultsOf(values.faults) }),
    ...(values.tasks !== undefined && { tasks: numberOf('tasks', values.tasks) }),
    ...(values.commands !== undefined && { commands: oneOf('command', COMMANDS, values.commands) }),
    ...(values.delegates && { delegates: true as const }),
  };
  if (values.trace !== undefined) return trace(numberOf('trace', values.trace), choice);
  const histories = numberOf('histories', values.histories);
  const seed = numberOf('seed', values.seed);
  return campaign(histories, seed, jobs, values.json, choice);
}

async function say(text: string): Promise<number> {
  process.stdout.write(`${text}\n`);
  return 0;
}

function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} takes a whole number, not "${text}"`);
  return number;
}

function faultsOf(text: string): FaultName[] {
  if (text === 'none') return [];
  return text.split(',').map((name) => oneOf('fault', FAULT_NAMES, name));
}

function oneOf<T extends string>(what: string, names: readonly T[], name: string): T {
  const known = names.find((other) => other === name);
  if (!known) throw new Error(`there is no ${what} "${name}"; there are ${names.join(', ')}`);
  return known;
}

/** Which planted bugs are found; exits with 1 when one is not. */
async function planted(jobs: number, json: boolean, only?: readonly string[]): Promise<number> {
  const tell = ({ caught, id, rule, histories, what }: Hunted): void =>
    void process.stderr.write(
      `${caught ? 'caught' : 'MISSED'} ${id} (${rule}) after ${histories}: ${what.slice(0, 200)}\n`,
    );
  const hunted = await huntPlanted(jobs, tell, only);
  const missed = hunted.filter(({ caught }) => !caught);
  if (json) await say(JSON.stringify({ planted: hunted.length, missed: missed.map(({ id }) => id), hunted }));
  else await say(`${hunted.length - missed.length} of ${hunted.length} planted bugs caught`);
  return missed.length > 0 ? 1 : 0;
}

async function trace(seed: number, choice: PlanChoice): Promise<number> {
  const plan = planOfSeed(seed, choice);
  const report = await playHistory(plan, true);
  const { violations, fired, hash, lines } = report;
  await say(lines.join('\n'));
  await say(JSON.stringify({ seed, faults: plan.faults, fired, trace_hash: hash, violations }, null, 2));
  return violations.length > 0 ? 1 : 0;
}

async function campaign(
  histories: number,
  seed: number,
  jobs: number,
  json: boolean,
  choice: PlanChoice,
): Promise<number> {
  let told = performance.now();
  const onProgress = (done: number, violating: number): void => {
    if (performance.now() - told < 5_000) return;
    told = performance.now();
    process.stderr.write(`${done} of ${histories} histories, ${violating} in violation\n`);
  };
  const onViolation: CampaignOptions['onViolation'] = ({ seed: violating, violations: [first = ''] }) =>
    void process.stderr.write(`seed ${violating}: ${first.slice(0, 600)}\n`);
  const report = await playCampaign({ histories, seed, jobs, choice, onProgress, onViolation, stopAfter: 100 });
  await tellViolations(report, choice);
  const { fired, traceHash, seconds } = report;
  const summary = {
    histories: report.histories,
    violations: report.violations.length,
    faults: fired,
    histories_per_s: Number((report.histories / seconds).toFixed(1)),
    histories_per_s_and_core: Number((report.histories / seconds / Math.max(1, jobs)).toFixed(1)),
    trace_hash: traceHash,
  };
  if (json) await say(JSON.stringify(summary));
  else {
    await say(
      `${summary.histories} histories of ${report.tasks} tasks in ${seconds.toFixed(1)} s (${summary.histories_per_s}/s, ${summary.histories_per_s_and_core}/s and core), trace ${traceHash}`,
    );
    await say(
      `faults that struck: ${Object.entries(fired)
        .map(([name, times]) => `${name} ${times}`)
        .join(', ')}`,
    );
    await say(`${summary.violations} histories in violation`);
  }
  return summary.violations > 0 ? 1 : 0;
}

/** All of them in a line each; the first is made as small as it gets. */
async function tellViolations({ violations }: CampaignReport, choice: PlanChoice): Promise<void> {
  for (const { seed, violations: list } of violations.slice(0, 20)) {
    await say(
      `seed ${seed} (${planOfSeed(seed, choice).faults.join(', ') || 'no faults'}): ${list.slice(0, 3).join(' | ').slice(0, 600)}`,
    );
  }
  const [first] = violations;
  if (!first) return;
  const plan = planOfSeed(first.seed, choice);
  const played = await playHistory(plan).catch(() => undefined);
  if (!played) return;
  const smallest = await shrink(plan, played);
  await say(`\nseed ${first.seed}, made smaller in ${smallest.tries} tries:`);
  await say(
    JSON.stringify(
      { faults: smallest.plan.faults, calmAfterMs: smallest.plan.calmAfterMs, programs: smallest.plan.programs },
      null,
      1,
    ),
  );
  await say(`${smallest.report.violations.join('\n')}\n`);
}

Error.stackTraceLimit = 0;
main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
