import * as z from 'zod';
import { JsonObject } from '../../../contracts/json.ts';

/** JSON Schema of what a requester may write, from the zod schema that reads it. */
export function inputOf(schema: z.ZodType): JsonObject {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input' });
  return JsonObject.parse(JSON.parse(JSON.stringify(json)));
}
