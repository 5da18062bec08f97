import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../cli-error.ts';
import { cleanEnvironment } from './clean-environment.ts';
import { rememberedPort } from './free-port.ts';
import { GuardedProcess } from './guarded-process.ts';
import type { Home } from './home.ts';
import type { EmulatorHost } from './prerequisites.ts';

const IMAGE = 'ministackorg/ministack:full';
/** Lambda workers at once. Each is a Node process of 60 MB and more, and the emulator itself knows no bound. */
const MAX_WORKERS = 32;
const HEALTH_TIMEOUT_MS = 60_000;

export interface Emulator {
  readonly endpoint: string;
  /** Absent when the emulator is the user's own. */
  readonly process?: GuardedProcess;
}

/** True when an emulator answers there. */
export async function isHealthy(endpoint: string): Promise<boolean> {
  try {
    const response = await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(2_000) });
    return response.status === 200;
  } catch {
    return false;
  }
}

/** The `AWS_ENDPOINT_URL` of this shell if it points at this machine; anything else is ignored. */
export function endpointOfThisMachine(url: string | undefined): string | undefined {
  if (!url || !URL.canParse(url)) return undefined;
  const { hostname, origin } = new URL(url);
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname) ? origin : undefined;
}

/**
 * Starts the emulator on the port this home used before, with what it saved when it was last stopped in good order.
 * After a crash it starts empty: what it wrote before then is older than the files around it.
 */
export async function startEmulator(
  home: Home,
  endpoint: string,
  host: EmulatorHost,
  python: string | undefined,
  settings: Readonly<Record<string, string>> = {},
): Promise<Emulator> {
  forgetStateOfACrash(home);
  const temp = home.path('tmp', 'emulator');
  rmSync(temp, { recursive: true, force: true });
  // The emulator's worker script is CommonJS, and without this Node would read it as the module that our package.json says.
  writeFileSync(join(home.folder('tmp', 'emulator'), 'package.json'), '{ "type": "commonjs" }\n');
  const variables = {
    GATEWAY_PORT: new URL(endpoint).port,
    BIND_HOST: '127.0.0.1',
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    LOG_LEVEL: 'WARNING',
    PERSIST_STATE: '1',
    S3_PERSIST: '1',
    STATE_DIR: home.folder('emulator', 'state'),
    S3_DATA_DIR: home.folder('emulator', 's3'),
    TMPDIR: temp,
    LAMBDA_ACCOUNT_CONCURRENCY: String(MAX_WORKERS),
    ...settings,
  };
  const child = new GuardedProcess({
    name: 'local cloud',
    ...commandFor(host, python, variables),
    env: cleanEnvironment(variables),
    cwd: temp,
    logFile: home.log('emulator'),
    stopSignal: 'TERM',
  });
  await waitUntilHealthy(endpoint, child);
  return { endpoint, process: child };
}

/** Where this home's emulator answers, or will answer. */
export async function emulatorEndpoint(home: Home): Promise<string> {
  return `http://127.0.0.1:${await rememberedPort(home, 'emulator')}`;
}

/** The emulator saves its state when it is stopped; a state older than its last start was never brought up to date. */
function forgetStateOfACrash(home: Home): void {
  const marker = home.path('emulator', 'started');
  const state = home.folder('emulator', 'state');
  if (existsSync(marker)) {
    const saved = Math.max(0, ...readdirSync(state).map((name) => statSync(join(state, name)).mtimeMs));
    if (saved < statSync(marker).mtimeMs) rmSync(home.path('emulator'), { recursive: true, force: true });
  }
  home.folder('emulator');
  writeFileSync(marker, '');
}

function commandFor(
  host: EmulatorHost,
  python: string | undefined,
  variables: Readonly<Record<string, string>>,
): { command: string; args: string[] } {
  if (host.kind === 'python') return { command: python ?? host.command, args: ['-m', 'ministack'] };
  // The host's network, because Lambdas must reach the database and the REST server on 127.0.0.1.
  const kept = Object.entries(variables).filter(([name]) => !/DIR$/.test(name));
  const settings = kept.flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  return { command: 'docker', args: ['run', '--rm', '--init', '--network', 'host', ...settings, IMAGE] };
}

async function waitUntilHealthy(endpoint: string, child: GuardedProcess): Promise<void> {
  const until = Date.now() + HEALTH_TIMEOUT_MS;
  while (Date.now() < until) {
    if (!child.running) break;
    if (await isHealthy(endpoint)) return;
    await sleep(100);
  }
  await child.stop();
  throw new CliError('the local cloud did not come up', `see why in ${child.logFile}`);
}
