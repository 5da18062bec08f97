import { rmSync } from 'node:fs';
import * as z from 'zod';
import { phaseDisplay } from '../views/phase-display.ts';
import { type Home, type RunningCloud, runningCloud } from './home.ts';
import { type LocalCloud, startLocalCloud } from './local-cloud.ts';
import { Phases } from './phases.ts';

const AnyJson = z.unknown();

/** A local cloud that this process hosts, and has announced to the other commands. */
export interface HostedCloud {
  readonly cloud: LocalCloud;
  readonly phases: Phases;
  stop(): Promise<void>;
}

/** Brings up the local cloud in this process and writes `running.json`, by which other commands find it. */
export async function hostLocalCloud(home: Home, signal: AbortSignal): Promise<HostedCloud> {
  const first = home.read('assembly.json', AnyJson) === undefined;
  const display = phaseDisplay(process.stdout);
  const phases = new Phases(display);
  try {
    const cloud = await startLocalCloud({ home, phases, signal, ownEndpoint: process.env.AWS_ENDPOINT_URL });
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
  } finally {
    display.close();
  }
}

/** The cloud that another process of this home hosts already. */
export function cloudOfAnother(home: Home): RunningCloud | undefined {
  const running = runningCloud(home);
  return running && running.pid !== process.pid ? running : undefined;
}
