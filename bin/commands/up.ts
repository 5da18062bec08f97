import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../cli-error.ts';
import { chooseSystems } from '../local/choose-systems.ts';
import { Home, isAlive, PROJECT } from '../local/home.ts';
import { cloudOfAnother, hostLocalCloud } from '../local/hosted-cloud.ts';
import { StopSignals } from '../local/stop-signals.ts';
import { paint } from '../views/text.ts';
import { print } from './options.ts';

/** `muster up`: brings up the local cloud and leaves it in the background; `--foreground` stays with it. */
export async function up(options: { foreground?: boolean; systems?: string }): Promise<void> {
  chooseSystems(options.systems);
  const home = new Home();
  const running = cloudOfAnother(home);
  if (running) return print(`the local cloud is up already at ${running.endpoint}`);
  return options.foreground ? stayInForeground(home) : leaveInBackground(home);
}

async function stayInForeground(home: Home): Promise<void> {
  const stop = new StopSignals();
  const hosted = await hostLocalCloud(home, stop.signal);
  print(`ready at ${hosted.cloud.endpoint}`);
  const ended = await Promise.race([stop.received(), hosted.cloud.firstToEnd()]);
  await hosted.stop();
  if (ended) throw new CliError(`${ended.name} has ended by itself`, `see why in ${ended.logFile}`);
}

async function leaveInBackground(home: Home): Promise<void> {
  const logFile = home.log('up');
  const log = openSync(logFile, 'w');
  const child = spawn(process.execPath, [join(PROJECT, 'bin', 'muster.ts'), 'up', '--foreground'], {
    cwd: PROJECT,
    detached: true,
    stdio: ['ignore', log, log],
  });
  child.unref();
  let shown = 0;
  const showNew = () => {
    const text = readFileSync(logFile, 'utf8');
    process.stdout.write(text.slice(shown));
    shown = text.length;
  };
  const stop = new StopSignals();
  for (;;) {
    await sleep(200);
    showNew();
    if (cloudOfAnother(home)) break;
    if (stop.signal.aborted && child.pid !== undefined) process.kill(child.pid, 'SIGTERM');
    if (child.pid === undefined || child.exitCode !== null || !isAlive(child.pid))
      throw new CliError('the local cloud did not come up', `see ${logFile}`);
  }
  print(paint.dim('next: npx muster run etl.flight-mart --wait   (stop it with: npx muster down)'));
  process.exit(0);
}
