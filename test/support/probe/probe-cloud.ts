import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Session, sessionOn } from '../../../bin/cloud/session.ts';
import { LOCAL_STAGE, localSettings, outputsOf, stacksOf } from '../../../bin/cloud/target.ts';
import { deploy, sourceHash, synth } from '../../../bin/local/deploy.ts';
import { emulatorEndpoint, startEmulator } from '../../../bin/local/emulator.ts';
import { Home } from '../../../bin/local/home.ts';
import { checkPrerequisites } from '../../../bin/local/prerequisites.ts';
import { ensurePythonEnvironment } from '../../../bin/local/python-environment.ts';
import { reconcile } from '../../../bin/local/reconcile.ts';

/** A local cloud with the platform and the probe system in it, and nothing else. */
export interface ProbeCloud {
  readonly endpoint: string;
  readonly session: Session;
  /** Stops it and removes its folder. */
  stop(): Promise<void>;
}

/** Starts one in a folder and on a port of its own, so that it disturbs no other. */
export async function startProbeCloud(say: (line: string) => void, signal: AbortSignal): Promise<ProbeCloud> {
  const home = new Home(mkdtempSync(join(tmpdir(), 'muster-probe-')));
  const stops: Array<() => Promise<void> | void> = [() => rmSync(home.dir, { recursive: true, force: true })];
  let stopped: Promise<void> | undefined;
  const stopAll = async (): Promise<void> => {
    for (const each of stops.toReversed()) await each();
  };
  // Whoever asks a second time waits for the same end.
  const stop = (): Promise<void> => {
    stopped ??= stopAll();
    return stopped;
  };
  try {
    const host = await checkPrerequisites(home);
    const endpoint = await emulatorEndpoint(home);
    const hash = sourceHash(endpoint);
    say('starting a local cloud');
    const python = host.kind === 'python' ? await ensurePythonEnvironment(home, host.command, signal) : undefined;
    const emulator = await startEmulator(home, endpoint, host, python);
    stops.push(() => emulator.process?.stop());
    say('deploying platform and probe');
    await synth(home, endpoint, hash, { app: 'node test/support/probe/app.ts alone', signal });
    await deploy(home, endpoint, hash, signal);
    await reconcile(endpoint);
    const settings = localSettings(endpoint);
    const outputs = outputsOf(await stacksOf(settings, LOCAL_STAGE));
    const session = sessionOn({ stage: LOCAL_STAGE, settings, outputs });
    stops.push(() => session.close());
    return { endpoint, session, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
