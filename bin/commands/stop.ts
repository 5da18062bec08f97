import { CliError } from '../cli-error.ts';
import type { HoldOptions } from './hold.ts';
import type { GlobalOptions } from './options.ts';
import { pause } from './pause.ts';
import { resume } from './resume.ts';
import { setAgent } from './set-agent.ts';

export interface StopOptions extends HoldOptions {
  readonly agent?: string;
}

/**
 * `muster stop RUN|--agent A|--tenant T|--all`: a pause, which agents at work notice within two seconds, before their next
 * call of a model or a tool. An agent is taken out of the pool.
 */
export function stop(given: string | undefined, options: StopOptions, globals: GlobalOptions): Promise<void> {
  const { agent } = options;
  if (agent === undefined) return pause(given, options, globals);
  mustBeAlone(given, options);
  return setAgent(agent, 'maintenance', options, globals);
}

/** `muster go RUN|--agent A|--tenant T|--all`: what was stopped goes on. */
export function go(given: string | undefined, options: StopOptions, globals: GlobalOptions): Promise<void> {
  const { agent, ...others } = options;
  if (agent === undefined) return resume(given, others, globals);
  mustBeAlone(given, options);
  return setAgent(agent, 'ready', options, globals);
}

/** @throws CliError when something else is named beside an agent */
function mustBeAlone(given: string | undefined, { tenant, all }: StopOptions): void {
  if (given === undefined && tenant === undefined && all !== true) return;
  throw new CliError('an agent works for all runs: name nothing else beside --agent');
}
