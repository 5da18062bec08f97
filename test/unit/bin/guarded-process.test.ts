import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GuardedProcess } from '../../../bin/local/guarded-process.ts';
import { isAlive } from '../../../bin/local/home.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-guard-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const guarded = (script: string) =>
  new GuardedProcess({
    name: 'test',
    command: '/bin/sh',
    args: ['-c', script],
    env: { PATH: process.env.PATH ?? '' },
    cwd: folder,
    logFile: join(folder, 'log'),
    stopSignal: 'TERM',
  });

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}
const pidIn = (file: string) => Number(readFileSync(join(folder, file), 'utf8'));
/** A server that writes its pid, then says so when it is asked to end. */
const SERVER =
  'trap "echo ended > ended; exit 0" TERM; echo $$ > pid.tmp; mv pid.tmp pid; while :; do sleep 0.05; done';

describe('a guarded process', () => {
  test('is asked to end, and may end in good order', async () => {
    const child = guarded(SERVER);
    await until(() => existsSync(join(folder, 'pid')));
    await child.stop();
    expect(existsSync(join(folder, 'ended'))).toBe(true);
    expect(child.running).toBe(false);
    expect(isAlive(pidIn('pid'))).toBe(false);
  });

  test('is ended by force, with what it started, when it does not listen', async () => {
    const child = guarded(
      'trap "" TERM; (trap "" TERM; echo $$ > /dev/null; sleep 600) & echo $! > child.tmp; mv child.tmp child; wait',
    );
    await until(() => existsSync(join(folder, 'child')));
    await child.stop(200);
    await until(() => !isAlive(pidIn('child')));
    expect(child.running).toBe(false);
  });

  test('tells when it has ended by itself, and with which code', async () => {
    expect(await guarded('exit 3').ended).toBe(3);
  });

  test('does not outlive the process that started it, even when that is killed', async () => {
    const module = new URL('../../../bin/local/guarded-process.ts', import.meta.url).href;
    const options = {
      name: 't',
      command: '/bin/sh',
      args: ['-c', SERVER],
      env: {},
      cwd: folder,
      logFile: join(folder, 'log'),
      stopSignal: 'TERM',
    };
    const code = `const { GuardedProcess } = await import(${JSON.stringify(module)});
      new GuardedProcess({ ...${JSON.stringify(options)}, env: process.env }); setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' });
    await until(() => existsSync(join(folder, 'pid')));
    parent.kill('SIGKILL');
    await until(() => existsSync(join(folder, 'ended')) && !isAlive(pidIn('pid')));
    expect(isAlive(pidIn('pid'))).toBe(false);
  });
});
