import * as z from 'zod';
import { defineManifest } from '../../../lambdas/contracts/manifest.ts';
import type { System } from '../../../lambdas/contracts/system.ts';
import type { ConfigInput } from '../../../lib/config-schema.ts';

const price = { inputPerMillion: 1, outputPerMillion: 2 };
const asked = { 'asks.this': { description: 'Asks', input: z.string(), output: z.string() } };
const errorImpact = 'The tests of the infrastructure notice what is granted.';

/** Everything that a manifest can say, in several combinations, and what the configuration has to have for it. */
export const ASKS_FOR_ALL: System = {
  name: 'asks',
  workflows: [],
  channels: [],
  agents: [
    defineManifest({
      name: 'asks-models',
      description: 'Asks models in every way there is',
      errorImpact,
      uses: { models: ['profiled', 'keyed', 'global'] },
      capabilities: asked,
    }),
    defineManifest({
      name: 'asks-tools',
      description: 'Has tools of two servers, and one of its own',
      errorImpact,
      uses: { tools: ['shop__buy', 'shop__look', 'maps__find', 'own'] },
      reaches: { buckets: { 'asks-data': 'write' }, secrets: ['etl-target-database'] },
      capabilities: asked,
    }),
    defineManifest({
      name: 'asks-quietly',
      description: 'Says and hears things that nobody else may read',
      errorImpact,
      confidential: true,
      uses: { steps: true, memory: { own: 'read-write' } },
      channels: {
        publishes: ['channel.asks.secret', 'channel.asks.open'],
        subscribes: ['channel.asks.answers'],
        confidential: ['channel.asks.secret', 'channel.asks.answers'],
      },
      capabilities: asked,
    }),
  ],
};

export const FOR_ALL: Pick<ConfigInput, 'models' | 'mcp'> = {
  models: {
    profiled: {
      ...{ provider: 'bedrock', id: 'eu.amazon.nova-lite-v1:0', regions: ['eu-central-1', 'eu-west-1'], price },
      ...{ fallback: 'last', maxConcurrent: 3 },
    },
    global: { provider: 'bedrock', id: 'global.amazon.nova-lite-v1:0', regions: ['eu-central-1'], price },
    keyed: {
      ...{
        provider: 'openai-compatible',
        id: 'x',
        baseUrl: 'https://models.example.com/v1',
        secret: 'models/key',
        price,
      },
      maxConcurrent: 2,
    },
    last: { provider: 'bedrock', id: 'arn:aws:bedrock:eu-central-1:111122223333:imported-model/abc', price },
  },
  mcp: {
    shop: { url: 'https://shop.example.com/mcp', secret: 'shop/token' },
    maps: { url: 'https://maps.example.com/mcp' },
  },
};
