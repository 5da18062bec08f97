import type { System } from '../lambdas/contracts/system.ts';

/** Which systems are deployed, by name, with commas between them. None: all. */
export const SYSTEMS_VARIABLE = 'MUSTER_SYSTEMS';

/** What people call a system beside its own name. */
const ALSO: Readonly<Record<string, string>> = { 'memory-assistant': 'assistant', tasks: 'task-agents' };

/**
 * The systems that `text` names, in the order in which they are known; all of them when it is empty.
 * @throws Error naming what is not known
 */
export function chosenSystems<S extends Pick<System, 'name'>>(all: readonly S[], text: string | undefined): S[] {
  const names = (text ?? '').split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
  if (names.length === 0) return [...all];
  const wanted = new Set(names.map((name) => ALSO[name] ?? name));
  const unknown = [...wanted].filter((name) => !all.some((system) => system.name === name));
  if (unknown.length > 0)
    throw new Error(
      `there is no system "${unknown.join('", "')}"; there are ${all.map(({ name }) => name).join(', ')}`,
    );
  return all.filter(({ name }) => wanted.has(name));
}
