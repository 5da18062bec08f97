import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

export interface ChildOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Ms after which the child and all it started are ended. */
  readonly timeoutMs: number;
  /** Collect its output instead of passing it on. */
  readonly quiet?: boolean;
  /** It takes what others leave of the processor. */
  readonly lowPriority?: boolean;
}

export interface ChildResult {
  readonly ok: boolean;
  /** Why it is not ok. */
  readonly reason: string;
  /** What it said, when it was quiet. */
  readonly output: string;
}

/** How long a child may take to clean up after itself before it is killed. */
const GRACE_MS = 20_000;

const running = new Set<(signal: NodeJS.Signals) => void>();
let interrupted = false;

/** Ends every child, and what the children started, when this process is told to end. */
export function forwardSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (interrupted || running.size === 0) process.exit(130);
      interrupted = true;
      process.exitCode = 130;
      for (const end of running) end(signal);
    });
}

/** True once the user asked to stop: start nothing more. */
export function isInterrupted(): boolean {
  return interrupted;
}

/** Runs a command of the project in a process group of its own, and leaves nothing of that group behind. */
export function runChild(command: string, args: readonly string[], options: ChildOptions): Promise<ChildResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      detached: true,
      env: { ...process.env, ...options.env },
      stdio: options.quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    });
    if (options.lowPriority && child.pid) giveWay(child.pid);
    let output = '';
    let late = false;
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    const signalGroup = (signal: NodeJS.Signals): void => {
      try {
        if (child.pid) process.kill(-child.pid, signal);
      } catch {
        // the group is gone already
      }
    };
    let kill: NodeJS.Timeout | undefined;
    const end = (signal: NodeJS.Signals): void => {
      signalGroup(signal);
      kill ??= setTimeout(() => signalGroup('SIGKILL'), GRACE_MS);
    };
    const timer = setTimeout(() => {
      late = true;
      end('SIGTERM');
    }, options.timeoutMs);
    running.add(end);
    const finish = (ok: boolean, reason: string): void => {
      clearTimeout(timer);
      clearTimeout(kill);
      running.delete(end);
      const why = late ? `it took longer than ${options.timeoutMs / 60_000} minutes` : reason;
      resolve({ ok: ok && !late, reason: why, output });
    };
    child.on('error', (error) => finish(false, error.message));
    child.on('exit', (code, signal) => {
      signalGroup('SIGTERM');
      const done = (): void => finish(code === 0, signal ? `ended by ${signal}` : `exit code ${code}`);
      // its last words come before "close"; whoever keeps its pipes open is not waited for
      const lastWords = setTimeout(done, 2_000);
      child.on('close', () => {
        clearTimeout(lastWords);
        done();
      });
    });
  });
}

function giveWay(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
    // Linux weighs sessions first, and the processes of one against each other.
    writeFileSync(`/proc/${pid}/autogroup`, String(constants.priority.PRIORITY_LOW));
  } catch {
    // it is over already, or this is no Linux
  }
}
