import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { PROJECT } from '../bin/local/home.ts';
import { StopSignals } from '../bin/local/stop-signals.ts';
import type { Bench } from './bench.ts';
import { type MemoryUse, memoryUse } from './memory-use.ts';

const Timings = z.object({ total_ms: z.number(), phases: z.array(z.object({ phase: z.string(), ms: z.number() })) });
const FirstResult = z.object({ ms: z.number() });

interface Start {
  /** Seconds of each phase; some run side by side. */
  readonly phases: Readonly<Record<string, number>>;
  /** Until the local cloud is ready. */
  readonly cloud_s: number;
  /** Until the demo's run has ended and its mart is shown. */
  readonly first_result_s: number;
  /** The whole command, with npm around it and the servers stopped again. */
  readonly total_s: number;
}

/**
 * `npm start -- --once`, first and second, and the memory that a third start holds when nothing happens; in a clone of HEAD that has nothing but its packages: node_modules is a link
 * to this project's, so `npm ci` is not in the figures; the emulator is installed anew.
 */
export const bench: Bench = {
  async run({ progress }) {
    const stop = new StopSignals();
    const folder = mkdtempSync(join(tmpdir(), 'muster-start-'));
    // PostgreSQL does not run as root; the user it then runs as must be able to enter.
    chmodSync(folder, 0o755);
    try {
      const clone = cloneInto(join(folder, 'muster'));
      progress(`first start, in ${clone}`);
      const first = await start(clone, stop.signal);
      progress('second start');
      const second = await start(clone, stop.signal);
      progress('third start, which stays');
      const memory_mb = await memoryAfterStart(clone, stop.signal, progress);
      return { node_modules: 'linked', first, second, ...(memory_mb && { memory_mb }) };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  table: ({ first, second, memory_mb }) => {
    const [before, after] = [first as Start, second as Start];
    const names = [...new Set([...Object.keys(before.phases), ...Object.keys(after.phases)])];
    const row = (name: string, a: number | undefined, b: number | undefined): string =>
      `${name.padEnd(24)} ${(a?.toFixed(1) ?? '–').padStart(7)} s ${(b?.toFixed(1) ?? '–').padStart(7)} s`;
    return [
      `${''.padEnd(24)}     first    second`,
      ...names.map((name) => row(name, before.phases[name], after.phases[name])),
      row('local cloud ready', before.cloud_s, after.cloud_s),
      row('first result', before.first_result_s, after.first_result_s),
      row('whole command', before.total_s, after.total_s),
      ...(memory_mb === undefined ? [] : ['', memoryTable(memory_mb as Memory)]),
    ].join('\n');
  },
};

function cloneInto(clone: string): string {
  const git = spawnSync('git', ['clone', '--quiet', '--depth', '1', `file://${PROJECT}`, clone], { encoding: 'utf8' });
  if (git.status !== 0) throw new Error(`git could not clone ${PROJECT}: ${git.error?.message ?? git.stderr}`);
  symlinkSync(join(PROJECT, 'node_modules'), join(clone, 'node_modules'));
  return clone;
}

const memoryTable = ({ after_demo, idle }: Memory): string =>
  [
    `${''.padEnd(24)} after demo      idle`,
    ...(['emulator', 'lambdas', 'postgres', 'rest'] as const).map(
      (whose) =>
        `${whose.padEnd(24)} ${String(after_demo[whose]).padStart(7)} MB ${String(idle[whose]).padStart(7)} MB`,
    ),
  ].join('\n');

/** By then the emulator has ended the Lambdas that nobody uses: it keeps them for five minutes, ms. */
const IDLE_MS = 360_000;

interface Memory {
  readonly after_demo: MemoryUse;
  readonly idle: MemoryUse;
}

/** Undefined where there is no /proc. */
async function memoryAfterStart(
  clone: string,
  signal: AbortSignal,
  progress: (line: string) => void,
): Promise<Memory | undefined> {
  const child = npmStart(clone, [], signal);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stays = new Promise<boolean>((resolve) => {
    let text = '';
    child.stdout.on('data', (data: Buffer) => {
      text += data.toString();
      if (text.includes('keeps running')) resolve(true);
    });
    void ended.then(() => resolve(false));
  });
  if (!(await stays)) throw new Error('npm start did not stay');
  const after_demo = memoryUse(clone);
  progress(`nothing happens for ${IDLE_MS / 60_000} minutes`);
  await sleep(after_demo ? IDLE_MS : 0, undefined, { signal });
  const idle = memoryUse(clone);
  stopAll(child, 'SIGINT');
  await ended;
  return after_demo && idle && { after_demo, idle };
}

function npmStart(clone: string, more: readonly string[], signal: AbortSignal) {
  signal.throwIfAborted();
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(MUSTER_|AWS_|npm_)/.test(name)));
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
  const child = spawn('npm', ['start', '--silent', ...more], { cwd: clone, env, stdio, detached: true });
  child.stdout.pipe(process.stderr, { end: false });
  signal.addEventListener('abort', () => stopAll(child, 'SIGTERM'), { once: true });
  return child;
}

/** As a terminal does: npm by itself tells nobody that it was interrupted. */
function stopAll({ pid }: ChildProcess, signal: 'SIGINT' | 'SIGTERM'): void {
  if (pid !== undefined) process.kill(-pid, signal);
}

async function start(clone: string, signal: AbortSignal): Promise<Start> {
  const began = performance.now();
  const child = npmStart(clone, ['--', '--once'], signal);
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  const total = performance.now() - began;
  if (code !== 0) throw new Error(`npm start ended with ${code}`);
  const timings = Timings.parse(readJson(clone, 'timings.json'));
  return {
    phases: Object.fromEntries(timings.phases.map(({ phase, ms }) => [phase, seconds(ms)])),
    cloud_s: seconds(timings.total_ms),
    first_result_s: seconds(FirstResult.parse(readJson(clone, 'first-result.json')).ms),
    total_s: seconds(total),
  };
}

const readJson = (clone: string, name: string): unknown =>
  JSON.parse(readFileSync(join(clone, '.muster', name), 'utf8'));

const seconds = (ms: number): number => Math.round(ms / 100) / 10;
