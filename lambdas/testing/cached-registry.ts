import { cached } from '../adapters/cached.ts';
import type { Clock, Registry } from '../runtime/ports.ts';

/** A registry as a container in AWS has it: what it answers is up to `ms` old. */
export function cachedRegistry<R extends Registry>(registry: R, clock: Clock, ms: number): R {
  if (ms <= 0) return registry;
  const agents = cached(clock, ms, () => registry.agents());
  const definitions = cached(clock, ms, () => registry.definitions());
  const definition = cached(clock, ms, (_: string, name: string, version: number | undefined) =>
    registry.definition(name, version),
  );
  return {
    ...registry,
    agents: () => agents(''),
    definitions: () => definitions(''),
    definition: (name, version) => definition(`${name}#${version ?? ''}`, name, version),
  };
}
