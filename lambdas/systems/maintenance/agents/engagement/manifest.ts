import * as z from 'zod';
import { defineManifest } from '../../../../contracts/manifest.ts';
import { FLEET_BUCKET } from '../../fleet/store.ts';
import { channelsOf } from '../../messages/worker-channels.ts';
import { EngageInput, EngageResult } from '../../task-shapes.ts';

export const EngagementParameters = z.object({
  answer_hours: z
    .number()
    .min(1)
    .max(720)
    .default(24)
    .describe('So long a letter is waited on before there is another'),
  letters: z.number().int().min(1).max(5).default(2).describe('Letters without an answer before a person calls'),
  later_days: z.number().min(1).max(60).default(3).describe('A customer who says "later" is asked again after so long'),
  person_days: z.number().min(1).max(60).default(3).describe('So long a person has to call, before it ends as silence'),
});

/** Writes to customers who have agreed to it, when they want to be written to, and waits for days if need be. */
export const manifest = defineManifest({
  name: 'maintenance-engagement',
  description: 'Tells customers of predicted failures and waits for their answer: yes, no, later, or none',
  errorImpact: 'Customers are not told that their vehicle is about to fail; the service desk sees no calls to make.',
  effects: 'idempotent',
  uses: { steps: true },
  channels: channelsOf('customer_engagement_agent'),
  reaches: { buckets: { [FLEET_BUCKET]: 'read-write' } },
  parameters: EngagementParameters,
  capabilities: {
    'maintenance.engage': {
      description: 'Asks a customer whether a visit shall be booked',
      input: EngageInput,
      output: EngageResult,
    },
  },
});
