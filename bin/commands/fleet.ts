import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { DEFAULT_TENANT } from '../../lambdas/contracts/names.ts';
import { VEHICLES, type VehicleRecord } from '../../lambdas/systems/maintenance/fleet/records.ts';
import { readAll, recordsOf } from '../../lambdas/systems/maintenance/fleet/store.ts';
import { artefactText, TRAINED_WITH } from '../../lambdas/systems/maintenance/generator/artefact.ts';
import { trainModels } from '../../lambdas/systems/maintenance/generator/train-models.ts';
import { openDecisions } from '../../lambdas/views/open-decisions.ts';
import { CliError } from '../cli-error.ts';
import { readRun } from '../cloud/run-reader.ts';
import { type Session, withSession } from '../cloud/session.ts';
import { stageOnCloud } from '../demos/stage-on-cloud.ts';
import { playFleet } from '../fleet/play-fleet.ts';
import { StopSignals } from '../local/stop-signals.ts';
import { fleetOutcome } from '../views/fleet-outcome.ts';
import { fleetStatus, type Waiting } from '../views/fleet-status.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

export interface FleetOptions extends JsonOption {
  readonly vehicles: string;
  readonly days: string;
  readonly speed: string;
  readonly seed: string;
}

const MODELS_FILE = new URL('../../lambdas/systems/maintenance/artefacts/models.ts', import.meta.url);
/** Runs that are looked through for questions: those of open cases first, then the latest of the others. */
const MOST_RUNS = 200;
const AT_ONCE = 10;

/** `muster fleet`: plays vehicles, customers and garages. */
export function fleet(options: FleetOptions, globals: GlobalOptions): Promise<void> {
  const play = {
    vehicles: positive('--vehicles', options.vehicles, true),
    days: positive('--days', options.days, true, 0),
    speed: positive('--speed', options.speed),
    seed: positive('--seed', options.seed, true, 0),
  };
  return withSession(globals.stage, async (session) => {
    const stop = new StopSignals();
    const stage = stageOnCloud(session, stop.signal, play.seed);
    const say = options.json ? () => {} : stage.say;
    const played = await playFleet(play, { ...stage, say });
    if (options.json) printJson(played);
    else print(`\n${fleetOutcome(played)}\n\nnext: npx muster fleet status`);
    process.exitCode = stop.signal.aborted ? stop.exitCode : 0;
    process.exit();
  });
}

/** `muster fleet status` */
export function status(options: JsonOption, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const stage = stageOnCloud(session, new AbortController().signal, 0);
    const vehicles = await readAll(
      recordsOf({ tenant: DEFAULT_TENANT, bucket: (name) => stage.bucket(name) }),
      VEHICLES,
    );
    const runs = await openRuns(session, vehicles);
    const waiting = await waitingIn(session, runs.slice(0, MOST_RUNS));
    if (options.json) return printJson({ vehicles, waiting });
    print(fleetStatus(vehicles, waiting, Date.now()));
    if (runs.length > MOST_RUNS)
      print(`\n${runs.length - MOST_RUNS} more runs were not asked for questions: npx muster decisions --run RUN`);
  });
}

/** A question may also be of a run that has no case yet, or whose case is closed. */
async function openRuns(session: Session, vehicles: readonly VehicleRecord[]): Promise<string[]> {
  const ofCases = vehicles.flatMap(({ open_run }) => open_run ?? []);
  const latest = await session.runs.list(DEFAULT_TENANT, MOST_RUNS);
  const others = latest.filter(({ workflow, status }) => workflow.startsWith('maintenance.') && status === 'running');
  return [...new Set([...ofCases, ...others.map(({ runId }) => runId)])];
}

async function waitingIn(session: Session, runIds: readonly string[]): Promise<Waiting[]> {
  const waiting: Waiting[] = [];
  for (let from = 0; from < runIds.length; from += AT_ONCE) {
    const some = runIds.slice(from, from + AT_ONCE).map(async (runId) => ({
      runId,
      decisions: openDecisions(await readRun(session, runId)),
    }));
    waiting.push(...(await Promise.all(some)).filter(({ decisions }) => decisions.length > 0));
  }
  return waiting;
}

/** `muster fleet train`: the committed models, from nothing but a seed. */
export async function train({ check }: { readonly check?: boolean }): Promise<void> {
  const { version, ...options } = TRAINED_WITH;
  print(`training on ${options.vehicles} generated vehicles of ${options.days} days, seed ${options.seed} …`);
  const trained = trainModels(options, version);
  const { learned, rules } = trained.exams;
  const three = (figure: number): string => figure.toFixed(3);
  for (const [name, { failure, rul }] of [
    ['learned', learned],
    ['rules', rules],
  ] as const)
    print(
      `${name}: failure within 14 days, precision ${three(failure.precision)}, recall ${three(failure.recall)}, F1 ${three(failure.f1)}, PR-AUC ${three(failure.pr_auc)}; days left, RMSE ${rul.rmse.toFixed(2)}`,
    );
  const text = artefactText(trained);
  if (check) {
    const { LEARNED_MODELS } = await import('../../lambdas/systems/maintenance/artefacts/learned-models.ts');
    const same = artefactText({ ...trained, models: LEARNED_MODELS }) === text;
    print(same ? 'the committed models are these, to the last digit' : 'the committed models are others');
    process.exitCode = same ? 0 : 1;
    return;
  }
  await writeFile(MODELS_FILE, text);
  print(`written to ${fileURLToPath(MODELS_FILE)}`);
}

function positive(option: string, text: string, whole = false, least = 1): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < least || (whole && !Number.isInteger(value)))
    throw new CliError(`${option} is a ${whole ? 'whole ' : ''}number from ${least} up, not "${text}"`);
  return value;
}
