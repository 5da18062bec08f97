import * as z from 'zod';
import { defineManifest } from '../../../../contracts/manifest.ts';
import { Style } from '../../avatar/style.ts';

const Person = z.string().min(1).max(128);

/** Learns how people write, of those who agreed and as long as they do. */
export const manifest = defineManifest({
  name: 'assistant-avatar-trainer',
  description: 'Learns how somebody writes, with their consent, and forgets it when they take it back',
  errorImpact:
    'Nobody’s way of writing is learned or compared; consents that were given or taken back wait to be noted.',
  timeoutSeconds: 120,
  memoryMb: 512,
  effects: 'idempotent',
  confidential: true,
  uses: { memory: { memories: 'read', avatars: 'read-write' } },
  health: { avgProcessingSeconds: 30 },
  capabilities: {
    record_consent: {
      description: 'Notes that somebody agrees to be imitated, until when, or that they do not any more',
      input: z.strictObject({
        person: Person,
        given: z.boolean(),
        by: z.string().min(1).max(128),
        until: z.number().int().optional(),
      }),
      output: z.object({
        type: z.literal('consent_recorded'),
        person: z.string(),
        given: z.boolean(),
        forgotten: z.number().int(),
      }),
    },
    train_avatar: {
      description: 'The style of somebody who has agreed, from what they wrote',
      input: z.strictObject({ person: Person }),
      output: z.object({ type: z.literal('avatar_trained'), style: Style }),
    },
    compare_style: {
      description: 'Which of the people who have agreed a text reads like',
      input: z.strictObject({ text: z.string().min(1).max(20_000) }),
      output: z.object({
        type: z.literal('style_compared'),
        distances: z.array(z.object({ person: z.string(), delta: z.number() })),
        notes: z.array(z.string()),
      }),
    },
  },
});
