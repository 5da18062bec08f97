import { resolve } from 'node:path';
import type { AttackMutant } from './attack-mutant.ts';

export type Planted = Pick<AttackMutant, 'id' | 'file' | 'find' | 'replace'>;

/** The variable by which jest's transform is told what to plant. */
export const PLANTED = 'MUSTER_PLANTED';

/**
 * A source with its defence taken away; any other file as it is.
 * @throws Error when what the mutant replaces is not there exactly once
 */
export function sourceWith({ id, file, find, replace }: Planted, path: string, source: string): string {
  if (path !== resolve(file)) return source;
  const places = source.split(find).length - 1;
  if (places !== 1)
    throw new Error(
      `mutant "${id}": its text is in ${file} ${places} times, not once; write it anew against the code as it is: ${find}`,
    );
  return source.replace(find, () => replace);
}
