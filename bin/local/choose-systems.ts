import { SYSTEMS } from '../../lambdas/systems/systems.ts';
import { CliError } from '../cli-error.ts';
import { chosenSystems, SYSTEMS_VARIABLE } from '../systems.ts';

/**
 * What `--systems` says goes to the CDK app, which is a process of its own, and counts when it is asked whether anything has
 * changed. Said nothing, MUSTER_SYSTEMS of the environment holds; without it, all are deployed.
 * @throws CliError naming what is not known
 */
export function chooseSystems(option: string | undefined): void {
  const text = option ?? process.env[SYSTEMS_VARIABLE];
  try {
    const chosen = chosenSystems(SYSTEMS, text);
    if (text !== undefined) process.env[SYSTEMS_VARIABLE] = chosen.map(({ name }) => name).join(',');
  } catch (error) {
    throw new CliError(error instanceof Error ? error.message : String(error), 'see "muster start --help"');
  }
}
