import * as z from 'zod';
import { defineChannel } from '../../../lambdas/contracts/channels.ts';
import { defineManifest, type Manifest } from '../../../lambdas/contracts/manifest.ts';
import type { System } from '../../../lambdas/contracts/system.ts';
import { WorkflowDefinition } from '../../../lambdas/contracts/workflow-definition.ts';

const answers = z.object({ rows: z.number() });

/** Asks for everything that a manifest can ask for. */
export const greedy: Manifest = defineManifest({
  name: 'sample-greedy',
  description: 'Asks for everything there is',
  errorImpact: 'The tests of the infrastructure notice that something is missing.',
  effects: 'outside',
  timeoutSeconds: 20,
  memoryMb: 768,
  concurrency: 6,
  breaker: { failures: 3, seconds: 30 },
  selection: { strategy: 'least_loaded', weight: 2, cost: 0.5, near: ['eu-central-1', 'flights'] },
  channels: { subscribes: ['channel.sample.request', 'channel.sample.cancel'] },
  reaches: {
    buckets: { 'sample-in': 'read', 'sample-out': 'write', 'sample-both': 'read-write' },
    secrets: ['etl-source-database'],
    layers: ['duckdb'],
    settings: ['etl-weather-url', 'database-pool-size'],
  },
  parameters: z.object({ rows: z.number().default(100) }),
  capabilities: {
    'sample.load': {
      description: 'Loads',
      input: z.object({ table: z.string(), limit: z.number().optional() }),
      output: answers,
    },
  },
});

/** Asks for nothing beyond its inbox and reports. */
export const modest: Manifest = defineManifest({
  name: 'sample-modest',
  description: 'Asks for nothing',
  errorImpact: 'The tests of the infrastructure notice that something is granted.',
  timeoutSeconds: 5,
  capabilities: { 'sample.count': { description: 'Counts', input: z.string(), output: answers } },
});

export const SAMPLE: System = {
  name: 'sample',
  agents: [greedy, modest],
  workflows: [
    WorkflowDefinition.parse({
      name: 'sample.flow',
      tasks: [{ id: 'count', type: 'sample.count', input: 'some words' }],
    }),
  ],
  channels: [
    defineChannel({ name: 'channel.sample.request', description: 'Requests', schema: z.object({}) }),
    defineChannel({ name: 'channel.sample.cancel', description: 'Cancels', schema: z.object({}) }),
  ],
};
