import type * as z from 'zod';
import type { Capabilities, Manifest, Parameters } from '../../../contracts/manifest.ts';

/** How one more instance of an agent differs. */
export interface InstanceOptions<P extends Parameters> {
  /** Of the system, in kebab-case. */
  readonly name: string;
  readonly version?: string;
  /** Its own defaults; what it does not name is as before. @throws z.ZodError when one does not fit */
  readonly parameters?: Partial<z.output<P>>;
  readonly description?: string;
}

/**
 * One more registered instance of an agent with its own configuration: the seed document's `spawn_agent`. It has an inbox, a
 * role and a breaker of its own, and shares the work of its capabilities by the workflow's strategy.
 */
export function instanceOf<C extends Capabilities, P extends Parameters>(
  manifest: Manifest<C, P>,
  { name, version = manifest.version, parameters: own = {}, description = manifest.description }: InstanceOptions<P>,
): Manifest<C, P> {
  const { parameters } = manifest;
  if (!parameters) return { ...manifest, name, version, description };
  const shape = { ...parameters.shape };
  for (const [field, value] of Object.entries(own)) {
    const schema = parameters.shape[field];
    if (schema === undefined) throw new Error(`agent ${manifest.name} has no parameter ${field}`);
    schema.parse(value);
    shape[field] = withDefault(schema, value);
  }
  return { ...manifest, name, version, description, parameters: parameters.extend(shape) as unknown as P };
}

/** The field as it was, with another default. */
function withDefault(schema: P4, value: unknown): P4 {
  const inner =
    'removeDefault' in schema && typeof schema.removeDefault === 'function' ? schema.removeDefault() : schema;
  return inner.default(value);
}
type P4 = z.ZodType & { default(value: unknown): z.ZodType };
