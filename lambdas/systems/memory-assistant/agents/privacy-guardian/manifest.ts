import * as z from 'zod';
import { Json } from '../../../../contracts/json.ts';
import { defineManifest } from '../../../../contracts/manifest.ts';
import { Stretch } from '../../messages.ts';
import { EntityType } from '../../privacy/entity.ts';
import { Audience } from '../../privacy/policy.ts';

export const SecurityApplied = z.object({
  type: z.literal('security_applied'),
  audience: Audience,
  document: Json.describe('What came in, with personal data masked that is not for this audience'),
  found: z.record(z.string(), z.number().int()),
  masked: z.number().int(),
  stretches: z.array(Stretch).optional().describe('Of what came in, for who comes next'),
});

/** Keeps nothing and reaches nothing: the same document gives the same answer. */
export const manifest = defineManifest({
  name: 'assistant-privacy-guardian',
  description: 'Finds personal data of nineteen kinds in any text and masks what an audience is not to see',
  errorImpact:
    'No answer and no report of the memory assistant gets out: they all pass here, and nothing goes around it.',
  timeoutSeconds: 60,
  memoryMb: 1_024,
  batchSize: 10,
  effects: 'none',
  confidential: true,
  health: { avgProcessingSeconds: 5 },
  capabilities: {
    apply_security: {
      description: 'Masks personal data in a document by the policy of its audience',
      input: z.strictObject({ document: Json, audience: Audience.default('owner') }),
      output: SecurityApplied,
    },
    detect_personal_data: {
      description: 'Where personal data stands in a text, and of what kind',
      input: z.strictObject({ text: z.string().max(200_000) }),
      output: z.object({
        type: z.literal('personal_data'),
        entities: z.array(
          z.object({ type: EntityType, start: z.number().int(), end: z.number().int(), sure: z.number() }),
        ),
      }),
    },
  },
});
