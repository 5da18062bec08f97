import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inProject } from './project.ts';

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr.trim()}`);
}

/**
 * The folder of an npm package that npm installs on one platform only: this project's own where the platform is this
 * machine's, else fetched once from the registry into `.muster/packages`.
 * @throws Error when it has to be fetched and can't be, with what npm says
 */
export function nativePackage(name: string, version: string): string {
  const installed = inProject(join('node_modules', name));
  if (existsSync(installed)) return installed;
  const kept = inProject(join('.muster/packages', `${name.replaceAll('/', '+')}@${version}`));
  if (existsSync(kept)) return kept;
  const store = inProject('.muster/packages');
  mkdirSync(store, { recursive: true });
  const work = mkdtempSync(join(store, 'fetch-'));
  try {
    run('npm', ['pack', `${name}@${version}`, '--loglevel=error', '--pack-destination', work], work);
    const archive = readdirSync(work).find((file) => file.endsWith('.tgz'));
    if (archive === undefined) throw new Error(`npm pack brought no archive of ${name}@${version}`);
    run('tar', ['-xzf', archive], work);
    renameSync(join(work, 'package'), kept);
    return kept;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
