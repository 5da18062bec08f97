import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Asset, BundleRequest } from './assets.ts';
import { BUILD_KEY, type BuiltBundle, buildBundle } from './build.ts';
import { inProject } from './project.ts';

const Recipe = z.object({ output: z.string(), inputs: z.record(z.string(), z.string()) });

const sha256 = (...parts: Array<string | Uint8Array>): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
};

/**
 * Bundles by content: `<folder>/<hash of the output>/`, beside recipes that say from which inputs each was made.
 * A bundle whose inputs have not changed is not built again, and the same code always has the same hash.
 */
export class BundleStore {
  readonly #folder: string;
  readonly #build: (request: BundleRequest) => BuiltBundle;
  readonly #hashes = new Map<string, string | undefined>();

  constructor(folder = inProject('.muster/bundles'), build = buildBundle) {
    this.#folder = folder;
    this.#build = build;
  }

  /** @throws Error when a source is missing or does not build */
  bundle(request: BundleRequest): Asset {
    // A changed dependency may resolve to other files than those the recipe knows; the lock file tells.
    const key = sha256(BUILD_KEY, JSON.stringify(request), this.#hashOf('package-lock.json') ?? '').slice(0, 32);
    return this.#fromRecipe(key) ?? this.#make(key, request);
  }

  #fromRecipe(key: string): Asset | undefined {
    const recipe = this.#readRecipe(key);
    if (recipe === undefined || !existsSync(join(this.#folder, recipe.output))) return undefined;
    const unchanged = Object.entries(recipe.inputs).every(([path, hash]) => this.#hashOf(path) === hash);
    return unchanged ? { path: join(this.#folder, recipe.output), hash: recipe.output } : undefined;
  }

  #readRecipe(key: string) {
    try {
      return Recipe.parse(JSON.parse(readFileSync(this.#recipePath(key), 'utf8')));
    } catch {
      return undefined;
    }
  }

  #make(key: string, request: BundleRequest): Asset {
    const { files, inputs } = this.#build(request);
    const hash = sha256(...files.flatMap(({ name, contents }) => [name, contents]));
    const path = join(this.#folder, hash);
    if (!existsSync(path)) {
      const unfinished = `${path}.${process.pid}`;
      mkdirSync(unfinished, { recursive: true });
      for (const { name, contents } of files) writeFileSync(join(unfinished, name), contents);
      moveInto(unfinished, path);
    }
    const before = this.#readRecipe(key)?.output;
    const hashes = Object.fromEntries(inputs.map((input) => [input, this.#hashOf(input)]));
    const recipe = `${this.#recipePath(key)}.${process.pid}`;
    mkdirSync(join(this.#folder, 'recipes'), { recursive: true });
    writeFileSync(recipe, JSON.stringify({ output: hash, inputs: hashes }));
    renameSync(recipe, this.#recipePath(key));
    if (before !== undefined && before !== hash) this.#forget(before);
    return { path, hash };
  }

  /** Removes a bundle that no recipe leads to any more. */
  #forget(output: string): void {
    const keys = readdirSync(join(this.#folder, 'recipes')).filter((file) => file.endsWith('.json'));
    if (keys.some((file) => this.#readRecipe(file.slice(0, -'.json'.length))?.output === output)) return;
    rmSync(join(this.#folder, output), { recursive: true, force: true });
  }

  #recipePath(key: string): string {
    return join(this.#folder, 'recipes', `${key}.json`);
  }

  /** undefined for a file that is not there. Each file is read once, though many bundles share it. */
  #hashOf(path: string): string | undefined {
    if (!this.#hashes.has(path)) this.#hashes.set(path, hashOfFile(path));
    return this.#hashes.get(path);
  }
}

function hashOfFile(path: string): string | undefined {
  try {
    return sha256(readFileSync(inProject(path)));
  } catch {
    return undefined;
  }
}

/** Another synth may have finished the same bundle first; its files are the same. */
function moveInto(unfinished: string, path: string): void {
  try {
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(path)) throw error;
  }
}
