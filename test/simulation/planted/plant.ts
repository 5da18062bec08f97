import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import type { Mutant } from './mutant.ts';

/** Where the production code is. */
const LAMBDAS = new URL('../../../lambdas/', import.meta.url);

/**
 * From now on this thread loads the mutant's file with its bug in it: call it before anything imports that file.
 * @returns whether the file was loaded since
 * @throws Error when what the mutant replaces is not there exactly once
 */
export function plant({ id, file, find, replace }: Pick<Mutant, 'id' | 'file' | 'find' | 'replace'>): () => boolean {
  const url = new URL(file, LAMBDAS);
  const source = readFileSync(url, 'utf8');
  const places = source.split(find).length - 1;
  if (places !== 1) {
    throw new Error(
      `planted bug "${id}": its text is in lambdas/${file} ${places} times, not once; write it anew against the code as it is: ${find}`,
    );
  }
  let loaded = false;
  registerHooks({
    load(loading, context, next) {
      if (loading !== url.href) return next(loading, context);
      loaded = true;
      return { format: 'module-typescript', shortCircuit: true, source: source.replace(find, () => replace) };
    },
  });
  return () => loaded;
}
