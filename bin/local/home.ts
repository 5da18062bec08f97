import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

/** The folder that holds package.json. */
export const PROJECT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * Where one local cloud keeps everything: `.muster/` in the project, or the folder `MUSTER_HOME` names.
 * The Python environment is the project's own and shared by all of them, because making it costs half a minute.
 */
export class Home {
  readonly dir: string;
  readonly python = join(PROJECT, '.muster', 'python');

  constructor(dir: string = process.env.MUSTER_HOME ?? join(PROJECT, '.muster')) {
    this.dir = resolve(dir);
  }

  path(...parts: string[]): string {
    return join(this.dir, ...parts);
  }

  /** The path of a folder, made if it is not there. */
  folder(...parts: string[]): string {
    const path = this.path(...parts);
    mkdirSync(path, { recursive: true });
    return path;
  }

  log(name: string): string {
    return join(this.folder('logs'), `${name}.log`);
  }

  /** A JSON file of ours; undefined when it is missing or not what it should be. */
  read<T>(name: string, schema: z.ZodType<T>): T | undefined {
    const path = this.path(name);
    if (!existsSync(path)) return undefined;
    try {
      return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
    } catch {
      return undefined;
    }
  }

  /** Replaces the file in one step, so that a reader never sees half of it. */
  write(name: string, value: unknown, mode = 0o644): void {
    this.folder();
    const path = this.path(name);
    writeFileSync(`${path}.tmp`, `${JSON.stringify(value, null, 2)}\n`, { mode });
    renameSync(`${path}.tmp`, path);
  }
}

/** What a running local cloud tells whoever wants to use it. */
export const RunningCloud = z.object({
  pid: z.number().int(),
  endpoint: z.string(),
  weatherUrl: z.string(),
  postgresPort: z.number().int(),
  startedAt: z.string(),
});
export type RunningCloud = z.infer<typeof RunningCloud>;

/** The local cloud of this home, if its process is alive. */
export function runningCloud(home: Home): RunningCloud | undefined {
  const running = home.read('running.json', RunningCloud);
  return running && isAlive(running.pid) ? running : undefined;
}

/** True while the process runs. One that has ended, but that its parent has not collected yet, does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return process.platform !== 'linux';
  }
}
