import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import * as z from 'zod';
import { CliError } from '../cli-error.ts';
import { cleanEnvironment } from './clean-environment.ts';
import { rememberedPort } from './free-port.ts';
import { GuardedProcess } from './guarded-process.ts';
import type { Home } from './home.ts';
import { type PostgresHome, preparePostgresHome } from './postgres-home.ts';
import { lastLines, runCommand } from './run-command.ts';

const USER = 'muster';
/** The demo's two databases: what the agents read, and where they load the mart. */
export const DATABASES = { source: 'etl_source', target: 'etl_target' } as const;
export type DatabaseName = keyof typeof DATABASES;

const Password = z.object({ password: z.string().min(16) });

/** A real PostgreSQL server, from npm's binaries, on 127.0.0.1 only. */
export class Postgres {
  readonly port: number;
  readonly process: GuardedProcess;
  readonly #password: string;

  constructor(port: number, password: string, child: GuardedProcess) {
    this.port = port;
    this.#password = password;
    this.process = child;
  }

  /** The connection URL of a database, password included. */
  url(database: DatabaseName | 'postgres'): string {
    const name = database === 'postgres' ? database : DATABASES[database];
    return `postgresql://${USER}:${this.#password}@127.0.0.1:${this.port}/${name}`;
  }

  async stop(): Promise<void> {
    await this.process.stop();
  }
}

/** Starts the server of this home; makes its data folder, its password and its databases on first use. */
export async function startPostgres(home: Home, signal?: AbortSignal): Promise<Postgres> {
  const place = preparePostgresHome(home);
  const password = passwordOf(home);
  if (!existsSync(join(place.data, 'PG_VERSION'))) await initialise(home, place, password, signal);
  const port = await rememberedPort(home, 'postgres');
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(port),
    fsync: 'off',
    shared_buffers: '32MB',
    max_connections: '50',
  };
  const child = new GuardedProcess({
    name: 'PostgreSQL',
    command: join(place.bin, 'postgres'),
    args: ['-D', place.data, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])],
    env: cleanEnvironment({ LC_ALL: 'C' }),
    cwd: place.data,
    logFile: home.log('postgres'),
    stopSignal: 'INT',
    ...place.user,
  });
  const server = new Postgres(port, password, child);
  await waitUntilReady(server);
  await ensureDatabases(server);
  return server;
}

function passwordOf(home: Home): string {
  const kept = home.read('postgres-password.json', Password);
  if (kept) return kept.password;
  const password = randomBytes(24).toString('hex');
  home.write('postgres-password.json', { password }, 0o600);
  return password;
}

async function initialise(home: Home, place: PostgresHome, password: string, signal?: AbortSignal): Promise<void> {
  const passwordFile = `${place.data}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (place.user) chownSync(passwordFile, place.user.uid, place.user.gid);
  try {
    const result = await runCommand(
      join(place.bin, 'initdb'),
      [
        '-D',
        place.data,
        '-U',
        USER,
        '-A',
        'scram-sha-256',
        `--pwfile=${passwordFile}`,
        '-E',
        'UTF8',
        '--locale=C',
        '-N',
      ],
      {
        cwd: '/',
        env: cleanEnvironment({ LC_ALL: 'C' }),
        logFile: home.log('postgres'),
        ...place.user,
        ...(signal && { signal }),
      },
    );
    if (result.code === 0) return;
    rmSync(join(place.data, 'PG_VERSION'), { force: true });
    throw new CliError(
      `PostgreSQL could not make its data folder:\n${lastLines(result.output)}`,
      `look at ${place.data}`,
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function waitUntilReady(server: Postgres): Promise<void> {
  const until = Date.now() + 60_000;
  while (Date.now() < until && server.process.running) {
    const client = new pg.Client({ connectionString: server.url('postgres'), connectionTimeoutMillis: 2_000 });
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await client.end().catch(() => {});
      await sleep(50);
    }
  }
  await server.stop();
  throw new CliError('PostgreSQL did not come up', `see why in ${server.process.logFile}`);
}

async function ensureDatabases(server: Postgres): Promise<void> {
  const client = new pg.Client({ connectionString: server.url('postgres') });
  await client.connect();
  try {
    for (const name of Object.values(DATABASES)) {
      const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
      if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`);
    }
  } finally {
    await client.end();
  }
}
