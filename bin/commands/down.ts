import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../cli-error.ts';
import { Home, isAlive, runningCloud } from '../local/home.ts';
import { outsideFolder } from '../local/postgres-home.ts';
import { print } from './options.ts';

const PATIENCE_MS = 30_000;

/** `muster down`: stops the local cloud; `--wipe` removes its data too, but keeps the emulator installed. */
export async function down(options: { wipe?: boolean }): Promise<void> {
  const home = new Home();
  const running = runningCloud(home);
  if (running) {
    process.kill(running.pid, 'SIGTERM');
    const until = Date.now() + PATIENCE_MS;
    while (isAlive(running.pid)) {
      if (Date.now() > until)
        throw new CliError(`process ${running.pid} does not end`, `end it with: kill -9 ${running.pid}`);
      await sleep(100);
    }
  }
  print(running ? 'the local cloud is down' : 'no local cloud is running here');
  if (!options.wipe) return;
  for (const name of WIPED) rmSync(home.path(name), { recursive: true, force: true });
  rmSync(outsideFolder(home), { recursive: true, force: true });
  print(`removed its data from ${home.dir}`);
}

const WIPED = [
  'assembly.json',
  'cdk.out',
  'emulator',
  'first-result.json',
  'logs',
  'outputs.json',
  'ports.json',
  'postgres',
  'postgres-password.json',
  'running.json',
  'timings.json',
  'tmp',
];
