import { CliError } from '../cli-error.ts';
import { readFigures } from '../cloud/read-figures.ts';
import { requestRun } from '../cloud/request-run.ts';
import { resultOf } from '../cloud/run-reader.ts';
import { type Session, sessionOn } from '../cloud/session.ts';
import { resolveTarget } from '../cloud/target.ts';
import { DEMOS } from '../demos/demos.ts';
import { stageOnCloud } from '../demos/stage-on-cloud.ts';
import { chooseSystems } from '../local/choose-systems.ts';
import { DEMO_WORKFLOW, demoInputOf } from '../local/demo-input.ts';
import { endpointOfThisMachine } from '../local/emulator.ts';
import { Home } from '../local/home.ts';
import { cloudOfAnother, type HostedCloud, hostLocalCloud } from '../local/hosted-cloud.ts';
import { StopSignals } from '../local/stop-signals.ts';
import { figuresTable } from '../views/figures-table.ts';
import { martSummary } from '../views/mart-summary.ts';
import { paint, seconds } from '../views/text.ts';
import { whereToLook } from '../views/where-to-look.ts';
import { print } from './options.ts';
import { showRun } from './watch.ts';

/** `muster start`: the local cloud, the demo's run on it, and what came out. */
export async function start(options: { once?: boolean; systems?: string }): Promise<void> {
  chooseSystems(options.systems);
  const home = new Home();
  const stop = new StopSignals();
  const began = performance.now();
  warnOfForeignEndpoint();
  const another = cloudOfAnother(home);
  if (another) print(`using the local cloud that is up at ${another.endpoint}`);
  const hosted = another ? undefined : await hostLocalCloud(home, stop.signal);
  let succeeded = false;
  try {
    const session = sessionOn(await resolveTarget(undefined, home));
    try {
      const hasMart = (await session.registry.definition(DEMO_WORKFLOW)) !== undefined;
      succeeded = await (hasMart ? demo(session, stop.signal, began) : otherDemo(session, stop.signal));
      if (succeeded)
        home.write('first-result.json', { ms: Math.round(performance.now() - began), date: new Date().toISOString() });
    } finally {
      session.close();
    }
    if (!options.once && !another) await keepRunning(hosted, stop);
  } finally {
    await hosted?.stop();
  }
  process.exit(exitCode(succeeded, stop, options.once ?? false));
}

function exitCode(succeeded: boolean, stop: StopSignals, once: boolean): number {
  if (once && stop.signal.aborted) return stop.exitCode || 1;
  return succeeded ? 0 : 1;
}

/** Publishes the request on the bus, shows the run, prints the mart and the figures. True when the run succeeded. */
async function demo(session: Session, signal: AbortSignal, began: number): Promise<boolean> {
  print(`\n${paint.bold('workflow_requested')} → bus ${session.target.outputs.BusName ?? ''}`);
  const runId = await requestRun(session, { workflow: DEMO_WORKFLOW, input: demoInputOf(DEMO_WORKFLOW) });
  print(`${paint.dim(runId)}\n`);
  const view = await showRun(session, runId, signal);
  if (signal.aborted) return false;
  if (view.status === 'completed') {
    print(`\n${martSummary(await resultOf(session, view))}`);
    print(paint.dim(`\nfirst result ${seconds(performance.now() - began)} after the start`));
  }
  print(`\n${figuresTable(await readFigures(session))}`);
  print(`\n${whereToLook(session.target, runId)}`);
  return view.status === 'completed';
}

/** Without the ETL system: the demo of the first system that there is. */
async function otherDemo(session: Session, signal: AbortSignal): Promise<boolean> {
  const agents = await session.registry.agents();
  const entry = DEMOS.find(({ system }) => agents.some((agent) => agent.system === system));
  if (!entry) throw new CliError('no system with a demo is deployed', 'leave --systems out, or name one with a demo');
  const { play, description } = await entry.load();
  print(`\n${paint.bold(`muster demo ${entry.name}`)}: ${description}`);
  return play(stageOnCloud(session, signal, 1));
}

async function keepRunning(hosted: HostedCloud | undefined, stop: StopSignals): Promise<void> {
  if (!hosted || stop.signal.aborted) return;
  print(`\n${paint.bold('The local cloud keeps running')} until Ctrl-C.`);
  const ended = await Promise.race([stop.received(), hosted.cloud.firstToEnd()]);
  if (ended) throw new CliError(`${ended.name} has ended by itself`, `see why in ${ended.logFile}`);
  print('\nstopping …');
}

function warnOfForeignEndpoint(): void {
  const url = process.env.AWS_ENDPOINT_URL;
  if (url && !endpointOfThisMachine(url))
    print(
      paint.yellow(
        `AWS_ENDPOINT_URL is ${url}, which is not this machine: ignored. This command deploys nowhere else.`,
      ),
    );
}
