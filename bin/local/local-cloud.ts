import { rmSync } from 'node:fs';
import { CliError } from '../cli-error.ts';
import { deploy, isDeployed, sourceHash, synth } from './deploy.ts';
import { type Emulator, emulatorEndpoint, endpointOfThisMachine, isHealthy, startEmulator } from './emulator.ts';
import { rememberedPort } from './free-port.ts';
import type { Home, RunningCloud } from './home.ts';
import { Kept, type Phases } from './phases.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import { checkPrerequisites } from './prerequisites.ts';
import { ensurePythonEnvironment } from './python-environment.ts';
import { reconcile } from './reconcile.ts';
import { demoWeather, seedBuckets, seedSecrets, seedSource } from './seed.ts';
import { startWeatherServer, type WeatherServer } from './weather-server.ts';

export interface LocalCloudOptions {
  readonly home: Home;
  readonly phases: Phases;
  /** Aborts the start. */
  readonly signal?: AbortSignal;
  /** `AWS_ENDPOINT_URL` of the user's shell: used as it is when it points at this machine. */
  readonly ownEndpoint?: string | undefined;
  /** Another CDK app than this project's, as `cdk --app` takes it: the product's stacks with those of a test beside them. */
  readonly app?: string;
  /** Further environment of the emulator, such as `AUTH=true`. */
  readonly emulatorSettings?: Readonly<Record<string, string>>;
}

/** Everything the demo runs on: the emulator with the stacks in it, PostgreSQL and the REST server. */
export class LocalCloud {
  readonly endpoint: string;
  readonly weather: WeatherServer;
  /** Replaced when the server is started anew. */
  postgres: Postgres;
  readonly #home: Home;
  readonly #emulator: Emulator;

  constructor(home: Home, emulator: Emulator, postgres: Postgres, weather: WeatherServer) {
    this.#home = home;
    this.#emulator = emulator;
    this.endpoint = emulator.endpoint;
    this.postgres = postgres;
    this.weather = weather;
  }

  /** What others need to know to use it. */
  describe(): RunningCloud {
    return {
      pid: process.pid,
      endpoint: this.endpoint,
      weatherUrl: this.weather.url,
      postgresPort: this.postgres.port,
      startedAt: new Date().toISOString(),
    };
  }

  /** Starts the database server again, after it was stopped or has died. */
  async restartPostgres(): Promise<void> {
    await this.postgres.stop();
    this.postgres = await startPostgres(this.#home);
  }

  /** Resolves with the name and log file of the first server that ends by itself. */
  async firstToEnd(): Promise<{ name: string; logFile: string }> {
    const servers = [this.#emulator.process, this.postgres.process].filter((child) => child !== undefined);
    return Promise.race(servers.map((child) => child.ended.then(() => child)));
  }

  async stop(): Promise<void> {
    await Promise.allSettled([this.#emulator.process?.stop(), this.postgres.stop(), this.weather.close()]);
    // Unpacked Lambda code and layers, a gigabyte after a while.
    if (this.#emulator.process) rmSync(this.#home.path('tmp'), { recursive: true, force: true });
  }
}

/**
 * Brings up the local cloud: prerequisites, servers, deployment, seeds. What did not change is not done again.
 * When anything fails, everything that was started is stopped again.
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const { home, phases } = options;
  const abort = new AbortController();
  const signal = AbortSignal.any([abort.signal, ...(options.signal ? [options.signal] : [])]);
  const started: Array<() => Promise<void>> = [];
  const keep = <T>(server: T, stop: () => Promise<void>): T => {
    started.push(stop);
    return server;
  };
  try {
    const host = await phases.run('prerequisites', () => checkPrerequisites(home));
    const own = endpointOfThisMachine(options.ownEndpoint);
    const endpoint = own ?? (await emulatorEndpoint(home));
    const hash = sourceHash(endpoint);

    const emulatorUp = async (): Promise<Emulator> => {
      if (own) return useOwnEmulator(own);
      const python =
        host.kind === 'python'
          ? await phases.run('emulator installed', () => ensurePythonEnvironment(home, host.command, signal))
          : undefined;
      return phases.run('emulator', async () => {
        const emulator = await startEmulator(home, endpoint, host, python, options.emulatorSettings);
        return keep(emulator, async () => emulator.process?.stop());
      });
    };
    const postgresUp = async (): Promise<Postgres> => {
      const server = await phases.run('PostgreSQL', async () => {
        const postgres = await startPostgres(home, signal);
        return keep(postgres, () => postgres.stop());
      });
      await phases.run('source database', () => seedSource(server.url('source')));
      return server;
    };
    const synthesized = phases.run('cdk synth', () =>
      synth(home, endpoint, hash, { signal, ...(options.app && { app: options.app }) }),
    );
    const [emulator, postgres] = await sideBySide(abort, [
      emulatorUp().then(async (up) => {
        await synthesized;
        await phases.run('cdk deploy', async () => {
          if (await isDeployed(endpoint, hash)) return new Kept(undefined, 'nothing changed');
          return deploy(home, endpoint, hash, signal);
        });
        return up;
      }),
      postgresUp(),
      synthesized,
    ]);
    const weather = await phases.run('REST source', async () => {
      const server = await startWeatherServer(await demoWeather(), await rememberedPort(home, 'weather'));
      return keep(server, () => server.close());
    });
    await phases.run('settings and seeds', async () => {
      await seedSecrets(endpoint, postgres);
      await Promise.all([seedBuckets(endpoint), reconcile(endpoint)]);
    });
    return new LocalCloud(home, emulator, postgres, weather);
  } catch (error) {
    await Promise.allSettled(started.map((stop) => stop()));
    throw error;
  }
}

/** Runs work side by side. The first that fails aborts the others; it waits for all to end, so nothing goes on behind our back. */
async function sideBySide<A, B, C>(
  abort: AbortController,
  work: readonly [Promise<A>, Promise<B>, Promise<C>],
): Promise<[A, B, C]> {
  for (const each of work) each.catch((error: unknown) => abort.abort(error));
  await Promise.allSettled(work);
  if (abort.signal.aborted) throw abort.signal.reason;
  return Promise.all(work);
}

async function useOwnEmulator(endpoint: string): Promise<Emulator> {
  if (await isHealthy(endpoint)) return { endpoint };
  throw new CliError(
    `AWS_ENDPOINT_URL is ${endpoint}, and no emulator answers there`,
    'start it, or unset AWS_ENDPOINT_URL to let this command start one',
  );
}
