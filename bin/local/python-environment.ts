import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CliError } from '../cli-error.ts';
import { cleanEnvironment } from './clean-environment.ts';
import type { Home } from './home.ts';
import { lastLines, runCommand } from './run-command.ts';

/** boto3 is what CDK's own Python custom resources import; installed together, so that its botocore fits. */
export const EMULATOR_PACKAGES = ['ministack==1.5.33', 'cryptography', 'boto3'] as const;

/**
 * The Python that has the emulator; made on first use and again when its version changes.
 * @returns the path of the interpreter
 */
export async function ensurePythonEnvironment(home: Home, python: string, signal?: AbortSignal): Promise<string> {
  const wanted = EMULATOR_PACKAGES.join(' ');
  const stamp = join(home.python, 'muster-packages.txt');
  const interpreter = join(home.python, 'bin', 'python');
  if (existsSync(stamp) && existsSync(interpreter) && readFileSync(stamp, 'utf8') === wanted) return interpreter;

  const options = {
    cwd: home.folder(),
    env: { ...cleanEnvironment(), PIP_DISABLE_PIP_VERSION_CHECK: '1' },
    logFile: home.log('python'),
    ...(signal && { signal }),
  };
  mkdirSync(dirname(home.python), { recursive: true });
  rmSync(home.python, { recursive: true, force: true });
  const venv = await runCommand(python, ['-m', 'venv', home.python], options);
  if (venv.code !== 0)
    throw new CliError(`python could not make its environment:\n${lastLines(venv.output)}`, 'install python3-venv');
  const pip = await runCommand(interpreter, ['-m', 'pip', 'install', '--quiet', ...EMULATOR_PACKAGES], options);
  if (pip.code !== 0)
    throw new CliError(
      `pip could not install the emulator (${wanted}):\n${lastLines(pip.output)}`,
      'check the network and its proxy (HTTPS_PROXY), then start again',
    );
  writeFileSync(`${stamp}.tmp`, wanted);
  renameSync(`${stamp}.tmp`, stamp);
  return interpreter;
}
