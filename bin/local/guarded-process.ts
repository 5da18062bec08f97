import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface GuardedOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Standard output and error are appended here. */
  readonly logFile: string;
  /** What asks it to end in good order. */
  readonly stopSignal: 'TERM' | 'INT';
  readonly uid?: number;
  readonly gid?: number;
}

/*
 * The shell between us and the child waits for its standard input to close. The kernel closes it however
 * we end, SIGKILL included, so a child never outlives the process that started it.
 */
const GUARD = `
exec 3<&0
signal=$1; shift
"$@" </dev/null 3<&- &
child=$!
( trap '' INT TERM HUP; read -r _ <&3; kill -s "$signal" "$child" ) 2>/dev/null &
watcher=$!
exec 3<&-
wait "$child"; status=$?
kill -KILL "$watcher" 2>/dev/null
exit $status
`;

/** A server process that ends with us, in its own process group, so that Ctrl-C in a terminal does not reach it. */
export class GuardedProcess {
  readonly name: string;
  readonly logFile: string;
  /** Resolves when the process has ended, with its exit code. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  #running = true;

  constructor(options: GuardedOptions) {
    this.name = options.name;
    this.logFile = options.logFile;
    const log = openSync(options.logFile, 'a');
    this.#child = spawn('/bin/sh', ['-c', GUARD, 'guard', options.stopSignal, options.command, ...options.args], {
      cwd: options.cwd,
      env: options.env,
      stdio: ['pipe', log, log],
      detached: true,
      ...(options.uid !== undefined && { uid: options.uid }),
      ...(options.gid !== undefined && { gid: options.gid }),
    });
    closeSync(log);
    this.#child.stdin?.on('error', () => {});
    this.ended = new Promise((resolve) => {
      this.#child.once('exit', (code) => resolve(code));
      this.#child.once('error', () => resolve(127));
    }).then((code) => {
      this.#running = false;
      this.#killGroup();
      return typeof code === 'number' ? code : null;
    });
  }

  get running(): boolean {
    return this.#running;
  }

  /** Asks it to end, waits ten seconds, then ends it with everything it started. */
  async stop(graceMs = 10_000): Promise<void> {
    this.#child.stdin?.end();
    const inTime = await Promise.race([this.ended.then(() => true), sleep(graceMs, false, { ref: false })]);
    if (!inTime) this.kill();
    await this.ended;
  }

  /** Ends it at once, as a crash would. */
  kill(): void {
    this.#killGroup();
  }

  #killGroup(): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // nobody is left in the group
    }
  }
}
