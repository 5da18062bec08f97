import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json. */
export const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

export const inProject = (path: string): string => resolve(PROJECT, path);
