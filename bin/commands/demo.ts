import { CliError } from '../cli-error.ts';
import { withSession } from '../cloud/session.ts';
import { DEMOS } from '../demos/demos.ts';
import { stageOnCloud } from '../demos/stage-on-cloud.ts';
import { StopSignals } from '../local/stop-signals.ts';
import { paint } from '../views/text.ts';
import { type GlobalOptions, print } from './options.ts';

export interface DemoOptions {
  readonly seed: string;
}

/** `muster demo NAME`: plays one system's whole flow; exit 0 when it came out as it should. */
export function demo(name: string, options: DemoOptions, globals: GlobalOptions): Promise<void> {
  const entry = DEMOS.find((one) => one.name === name || one.system === name);
  if (!entry) throw new CliError(`there is no demo "${name}"`, `one of: ${DEMOS.map((one) => one.name).join(', ')}`);
  const seed = Number(options.seed);
  if (!Number.isSafeInteger(seed)) throw new CliError(`--seed is a whole number, not "${options.seed}"`);
  return withSession(globals.stage, async (session) => {
    const { play, description, system } = await entry.load();
    const agents = await session.registry.agents();
    if (!agents.some((agent) => agent.system === system))
      throw new CliError(
        `the system ${system} is not deployed here`,
        `start again with it: npm start -- --systems ${entry.name}`,
      );
    const stop = new StopSignals();
    const began = performance.now();
    print(paint.dim(description));
    const wellDone = await play(stageOnCloud(session, stop.signal, seed));
    print(paint.dim(`\n${((performance.now() - began) / 1_000).toFixed(1)} s`));
    process.exitCode = wellDone ? 0 : 1;
    if (stop.signal.aborted) process.exitCode = stop.exitCode;
    process.exit();
  });
}
