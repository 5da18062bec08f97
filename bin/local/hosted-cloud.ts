import { rmSync } from 'node:fs';
import * as z from 'zod';
import { CliError, Interrupted } from '../cli-error.ts';
import { phaseDisplay } from '../views/phase-display.ts';
import { type Home, isAlive, type RunningCloud, runningCloud } from './home.ts';
import { type LocalCloud, startLocalCloud } from './local-cloud.ts';
import { Phases } from './phases.ts';

const AnyJson = z.unknown();
const STARTING = 'starting.json';
const Starting = z.object({ pid: z.number().int() });

/** A local cloud that this process hosts, and has announced to the other commands. */
export interface HostedCloud {
  readonly cloud: LocalCloud;
  readonly phases: Phases;
  stop(): Promise<void>;
}

/** Brings up the local cloud in this process and writes `running.json`, by which other commands find it. */
export async function hostLocalCloud(home: Home, signal: AbortSignal): Promise<HostedCloud> {
  claimHome(home);
  const first = home.read('assembly.json', AnyJson) === undefined;
  const display = phaseDisplay(process.stdout);
  const phases = new Phases(display);
  try {
    const cloud = await startLocalCloud({ home, phases, signal, ownEndpoint: process.env.AWS_ENDPOINT_URL });
    if (signal.aborted) await cloud.stop();
    signal.throwIfAborted();
    home.write('running.json', cloud.describe());
    phases.save(home, first ? 'first' : 'again');
    return {
      cloud,
      phases,
      stop: async () => {
        rmSync(home.path('running.json'), { force: true });
        await cloud.stop();
      },
    };
  } catch (error) {
    throw signal.aborted ? new Interrupted() : error;
  } finally {
    rmSync(home.path(STARTING), { force: true });
    display.close();
  }
}

/** One start at a time: two servers can't share a data folder. @throws CliError while another process starts this home */
function claimHome(home: Home): void {
  const other = home.read(STARTING, Starting);
  if (other && other.pid !== process.pid && isAlive(other.pid))
    throw new CliError(
      `process ${other.pid} is starting the local cloud of ${home.dir} at this moment`,
      'wait until it is up, or name another folder in MUSTER_HOME to run a second one',
    );
  home.write(STARTING, { pid: process.pid });
}

/** The cloud that another process of this home hosts already. */
export function cloudOfAnother(home: Home): RunningCloud | undefined {
  const running = runningCloud(home);
  return running && running.pid !== process.pid ? running : undefined;
}
