import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { type CampaignReport, playCampaign } from './campaign.ts';
import { FAULT_NAMES, FAULTS, type FaultName } from './faults.ts';
import { playHistory } from './history.ts';
import { planOfSeed } from './plan-of-seed.ts';
import { shrink } from './shrink.ts';

const USAGE = `npm run sim -- [--histories 1000] [--seed 1] [--faults a,b] [--jobs N] [--json] [--trace SEED]

Plays random workflow programs on the production code under faults, and holds every history against the invariants.
--faults   only these kinds, or "none"; --list names them
--jobs     threads; default: all cores. The result does not depend on it
--json     ends with one line of JSON
--trace    prints everything that happens in the history of this seed`;

function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      histories: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      faults: { type: 'string' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      json: { type: 'boolean', default: false },
      trace: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return say(USAGE);
  if (values.list) return say(FAULT_NAMES.map((name) => `${String(FAULTS[name].number).padStart(2)} ${name.padEnd(22)} ${FAULTS[name].does}`).join('\n'));
  const faults = values.faults === undefined ? undefined : faultsOf(values.faults);
  if (values.trace !== undefined) return trace(numberOf('trace', values.trace), faults);
  const histories = numberOf('histories', values.histories);
  const seed = numberOf('seed', values.seed);
  return campaign(histories, seed, numberOf('jobs', values.jobs), values.json, faults);
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
  return text.split(',').map((name) => {
    const known = FAULT_NAMES.find((other) => other === name);
    if (!known) throw new Error(`there is no fault "${name}"; there are ${FAULT_NAMES.join(', ')}`);
    return known;
  });
}

async function trace(seed: number, faults: readonly FaultName[] | undefined): Promise<number> {
  const plan = planOfSeed(seed, faults);
  const report = await playHistory(plan, true);
  const { violations, fired, hash, lines } = report;
  await say(lines.join('\n'));
  await say(JSON.stringify({ seed, faults: plan.faults, fired, trace_hash: hash, violations }, null, 2));
  return violations.length > 0 ? 1 : 0;
}

async function campaign(histories: number, seed: number, jobs: number, json: boolean, faults?: readonly FaultName[]): Promise<number> {
  let told = performance.now();
  const onProgress = (done: number, violating: number): void => {
    if (performance.now() - told < 5_000) return;
    told = performance.now();
    process.stderr.write(`${done} of ${histories} histories, ${violating} in violation\n`);
  };
  const report = await playCampaign({ histories, seed, jobs, onProgress, stopAfter: 100, ...(faults && { faults }) });
  await tellViolations(report, faults);
  const { fired, traceHash, seconds } = report;
  const summary = {
    histories: report.histories,
    violations: report.violations.length,
    faults: fired,
    histories_per_s: Number((report.histories / seconds).toFixed(1)),
    trace_hash: traceHash,
  };
  if (json) await say(JSON.stringify(summary));
  else {
    await say(`${summary.histories} histories of ${report.tasks} tasks in ${seconds.toFixed(1)} s (${summary.histories_per_s}/s), trace ${traceHash}`);
    await say(`faults that struck: ${Object.entries(fired).map(([name, times]) => `${name} ${times}`).join(', ')}`);
    await say(`${summary.violations} histories in violation`);
  }
  return summary.violations > 0 ? 1 : 0;
}

/** All of them in a line each; the first is made as small as it gets. */
async function tellViolations({ violations }: CampaignReport, faults: readonly FaultName[] | undefined): Promise<void> {
  for (const { seed, violations: list } of violations.slice(0, 20)) {
    await say(`seed ${seed} (${planOfSeed(seed, faults).faults.join(', ') || 'no faults'}): ${list.slice(0, 3).join(' | ').slice(0, 600)}`);
  }
  const [first] = violations;
  if (!first) return;
  const plan = planOfSeed(first.seed, faults);
  const played = await playHistory(plan).catch(() => undefined);
  if (!played) return;
  const smallest = await shrink(plan, played);
  await say(`\nseed ${first.seed}, made smaller in ${smallest.tries} tries:`);
  await say(JSON.stringify({ faults: smallest.plan.faults, calmAfterMs: smallest.plan.calmAfterMs, programs: smallest.plan.programs }, null, 1));
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
