import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Architecture, Asset } from './assets.ts';
import { elfArchitecture } from './elf.ts';
import { nativePackage } from './native-package.ts';
import { inProject } from './project.ts';

const PackageFile = z.object({ version: z.string() });
const ours = (name: string) => inProject(join('node_modules', name));

/**
 * A Lambda layer with DuckDB for Linux on `architecture`, whatever this machine is. Code loads it by
 * `createRequire(import.meta.url)('@duckdb/node-api')`: Lambda puts /opt/nodejs/node_modules on NODE_PATH,
 * which `require` honours and `import` does not.
 * @throws Error when the native files are for another machine
 */
export function duckdbLayer(architecture: Architecture): Asset {
  const native = `@duckdb/node-bindings-linux-${architecture}`;
  const { version } = PackageFile.parse(
    JSON.parse(readFileSync(join(ours('@duckdb/node-bindings'), 'package.json'), 'utf8')),
  );
  const api = PackageFile.parse(JSON.parse(readFileSync(join(ours('@duckdb/node-api'), 'package.json'), 'utf8')));
  const hash = createHash('sha256').update(`layer 1\0${native}\0${version}\0${api.version}`).digest('hex');
  const path = inProject(join('.muster/layers', `duckdb-${architecture}-${hash.slice(0, 16)}`));
  if (!existsSync(path)) {
    const unfinished = `${path}.${process.pid}`;
    const modules = join(unfinished, 'nodejs/node_modules');
    mkdirSync(modules, { recursive: true });
    copy(ours('@duckdb/node-api'), join(modules, '@duckdb/node-api'));
    copy(ours('@duckdb/node-bindings'), join(modules, '@duckdb/node-bindings'));
    copy(nativePackage(native, version), join(modules, native));
    checkMachine(join(modules, native), architecture);
    rmSync(path, { recursive: true, force: true });
    renameSync(unfinished, path);
  }
  return { path, hash };
}

function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true, dereference: true, filter: (file) => !/\.(d\.ts|map|md)$/.test(file) });
}

function checkMachine(folder: string, architecture: Architecture): void {
  const files = readdirSync(folder).filter((file) => /\.(node|so)$/.test(file));
  if (files.length === 0) throw new Error(`${folder} holds no native library`);
  for (const file of files) {
    const found = elfArchitecture(join(folder, file));
    if (found !== architecture)
      throw new Error(
        `${file} of the DuckDB layer is for ${found ?? 'another machine'}, and the Lambdas run on ${architecture}`,
      );
  }
}
