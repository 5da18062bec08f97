import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { Json } from '../../lambdas/contracts/json.ts';
import { CliError } from '../cli-error.ts';

/**
 * A value given on the command line as JSON, or as `@file`.
 * @throws CliError naming the option when it is neither
 */
export function jsonArgument(option: string, given: string): Json {
  const file = given.startsWith('@') ? given.slice(1) : undefined;
  try {
    return JSON.parse(file === undefined ? given : readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const next = `such as ${option} '{"paid": true}', ${option} '"text"' or ${option} @file.json`;
    throw new CliError(`${option} is no JSON: ${reason}`, next, { cause: error });
  }
}

/** A value given on the command line: JSON where it is some, else the text itself. */
export function jsonOrText(given: string): Json {
  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
}

/** Who acts, where `--as` does not say so: the user of this machine. */
export function actor(as: string | undefined): string {
  if (as) return as;
  try {
    return userInfo().username || 'muster-cli';
  } catch {
    return 'muster-cli';
  }
}
