import { execFile } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { promisify } from 'node:util';
import { CliError } from '../cli-error.ts';
import type { Home } from './home.ts';

const run = promisify(execFile);

/** What runs the emulator: Python in an environment of our own, or a Docker image where Python is missing. */
export type EmulatorHost =
  | { readonly kind: 'python'; readonly command: string; readonly version: string }
  | { readonly kind: 'docker'; readonly version: string };

const OLDEST_PYTHON = [3, 10] as const;
const FREE_BYTES = 2 * 1024 ** 3;
const PYTHON_HELP =
  'install Python 3.10 or newer with venv (Debian and Ubuntu: "sudo apt install python3 python3-venv"; ' +
  'macOS: "brew install python"), or install Docker, then start again';

/** The output of a command, or undefined when it is missing or fails. */
export type Probe = (command: string, args: readonly string[]) => Promise<string | undefined>;

const probeCommand: Probe = async (command, args) => {
  try {
    const { stdout } = await run(command, [...args], { timeout: 20_000 });
    return stdout.trim();
  } catch {
    return undefined;
  }
};

/** True when `version` ("3.11.7") is at least `oldest`. */
export function isAtLeast(version: string, oldest: readonly [number, number]): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

/**
 * Finds what can run the emulator.
 * @throws CliError naming what is missing and how to get it
 */
export async function findEmulatorHost(probe: Probe = probeCommand): Promise<EmulatorHost> {
  const found: string[] = [];
  for (const command of ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python']) {
    const version = await probe(command, ['-c', 'import sys; print("%d.%d.%d" % sys.version_info[:3])']);
    if (version === undefined) continue;
    if (!isAtLeast(version, OLDEST_PYTHON)) found.push(`${command} is ${version}`);
    else if ((await probe(command, ['-c', 'import venv, ensurepip'])) === undefined)
      found.push(`${command} ${version} has no venv module`);
    else return { kind: 'python', command, version };
  }
  const docker = await probe('docker', ['info', '--format', '{{.ServerVersion}}']);
  if (docker) return { kind: 'docker', version: docker };
  const why = found.length > 0 ? found.join(', ') : 'python3 is not installed';
  throw new CliError(
    `the local cloud needs Python 3.10 or newer with venv: ${why}, and Docker does not answer`,
    PYTHON_HELP,
  );
}

/** @throws CliError when this machine can't run the local cloud */
export async function checkPrerequisites(home: Home): Promise<EmulatorHost> {
  if (process.platform === 'win32')
    throw new CliError(
      'Windows runs this through WSL only',
      'open a WSL terminal (https://aka.ms/wsl) and start it there',
    );
  if (Number(process.versions.node.split('.')[0]) < 22)
    throw new CliError(
      `Node ${process.versions.node} is too old`,
      'run it by "npm start" or "npx muster", which bring Node 24',
    );
  const { bavail, bsize } = statfsSync(home.folder());
  if (bavail * bsize < FREE_BYTES)
    throw new CliError(
      `only ${Math.floor((bavail * bsize) / 1024 ** 2)} MiB are free in ${home.dir}, and the local cloud needs 2 GiB`,
      'free some space, or name another folder in MUSTER_HOME',
    );
  return findEmulatorHost();
}
