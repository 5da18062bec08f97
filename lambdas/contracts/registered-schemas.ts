import * as z from 'zod';
import { JsonObject } from './json.ts';
import type { Capability, Manifest } from './manifest.ts';
import type { AgentRegistration } from './registry.ts';

/** Larger schemas are left out of the registry, which every coordinator reads every ten seconds. */
const LARGEST_SCHEMA = 4 * 1024;

/**
 * The JSON Schema of a capability's input, by which edits of a run are checked before the agent sees them. Undefined when
 * there is none that says what the code says, or it is too large.
 */
export function inputSchemaOf({ input }: Pick<Capability, 'input'>): JsonObject | undefined {
  try {
    const schema = schemaOf(input);
    const says = Object.keys(schema).length > 0;
    return says && JSON.stringify(schema).length <= LARGEST_SCHEMA ? schema : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What the registry knows of an agent's parameters.
 * @throws Error when a parameter can't be put into JSON Schema: nobody could check what is set
 */
export function registeredParameters({
  name,
  parameters,
}: Pick<Manifest, 'name' | 'parameters'>): AgentRegistration['parameters'] {
  if (!parameters) return undefined;
  try {
    return { schema: schemaOf(parameters), defaults: JsonObject.parse(parameters.parse({})) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`agent ${name}: its parameters must be plain data that JSON Schema can express: ${why}`);
  }
}

function schemaOf(schema: z.ZodType): JsonObject {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { io: 'input' });
  return JsonObject.parse(JSON.parse(JSON.stringify(json)));
}
