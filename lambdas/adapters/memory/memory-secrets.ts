import { SystemError } from '../../contracts/errors.ts';
import type { Secrets } from '../../runtime/ports.ts';

/** Secrets that a test or an in-process fleet gives by name. */
export function memorySecrets(values: Readonly<Record<string, string>>): Secrets {
  return {
    get: async (name) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined) throw new SystemError('secret_unavailable', `there is no secret "${name}"`);
      return value;
    },
  };
}
