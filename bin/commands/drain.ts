import { CliError } from '../cli-error.ts';
import { type HoldOptions, hold, scopeOf } from './hold.ts';
import type { GlobalOptions } from './options.ts';

/** `muster drain --tenant T|--all`: runs under way finish, new ones are refused. */
export function drain(options: HoldOptions, globals: GlobalOptions): Promise<void> {
  const scope = scopeOf(undefined, options);
  if (scope === undefined) throw new CliError('name --tenant NAME or --all');
  return hold('drain', scope, options, globals);
}
