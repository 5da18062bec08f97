import { issuesOf, SystemError } from '../contracts/errors.ts';
import type { Manifest } from '../contracts/manifest.ts';
import type { TaskAssignment } from '../contracts/messages.ts';

/**
 * What an agent's code finds as `ctx.parameters`: what was set at run time, and the manifest's defaults.
 * @throws SystemError `parameters_invalid`: no task of this agent can be done before somebody sets them right, so that it
 * is tried again, and then waits for a person
 */
export function parametersOf(
  { name, parameters }: Pick<Manifest, 'name' | 'parameters'>,
  { parameters: set = {} }: Pick<TaskAssignment, 'parameters'>,
): Readonly<Record<string, unknown>> {
  if (!parameters) return {};
  const parsed = parameters.safeParse(set);
  if (parsed.success) return parsed.data;
  const advice = `see "muster agents params ${name} --history" and go back to a version that fits`;
  throw new SystemError(
    'parameters_invalid',
    `what was set of ${name} does not fit: ${issuesOf(parsed.error)}; ${advice}`,
  );
}
