import * as z from 'zod';
import { defineManifest } from '../../../../contracts/manifest.ts';
import { FLEET_BUCKET } from '../../fleet/store.ts';
import { channelsOf } from '../../messages/worker-channels.ts';
import { InsightsResult } from '../../task-shapes.ts';

/** Compares the whole fleet; reads it and changes nothing. */
export const manifest = defineManifest({
  name: 'maintenance-insights',
  description: 'Tells the factory which batches, plants and models wear out parts more than others, beyond chance',
  errorImpact: 'The factory goes on building in parts that fail early; quality engineers notice months later.',
  effects: 'none',
  timeoutSeconds: 60,
  memoryMb: 512,
  channels: channelsOf('manufacturing_insights_agent'),
  reaches: { buckets: { [FLEET_BUCKET]: 'read' } },
  capabilities: {
    'maintenance.insights': {
      description: 'Confirmed cases by group against the rest of the fleet',
      input: z.strictObject({}),
      output: InsightsResult,
    },
  },
});
