import * as z from 'zod';
import { JsonObject } from '../../../contracts/json.ts';
import { BatchProcess, RawMemory } from '../messages.ts';
import { Audience } from '../privacy/policy.ts';

/** What a request must bring, as JSON Schema. */
const schemaOf = (schema: z.ZodType): JsonObject => JsonObject.parse(z.toJSONSchema(schema, { io: 'input' }));

const audience = Audience.optional().describe('Who is to see the answer; default: owner');

export const importInput = schemaOf(z.strictObject({ batch: BatchProcess, audience }));
export const rememberInput = schemaOf(z.strictObject({ memory: RawMemory }));
export const askInput = schemaOf(
  z.strictObject({
    question: z.string().min(1).max(2_000),
    audience,
    as_of: z.number().int().optional().describe('What was known then, ms since 1970'),
    time_zone: z.string().max(64).optional(),
    experiment: z.string().max(63).optional(),
    asker: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('Who asks: the same asker stays in the same half of an experiment'),
  }),
);
