import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { ENV } from '../../lambdas/contracts/environment.ts';
import type { Manifest } from '../../lambdas/contracts/manifest.ts';
import { behindProfile } from '../../lambdas/contracts/model-prices.ts';
import { chainOf, type ModelSettings, type Models } from '../../lambdas/contracts/model-settings.ts';
import type { Config } from '../config.ts';
import { itemsUnder, queriesUnder, readingOf, sendTo } from './grants.ts';

export interface ModelTables {
  readonly config: Config;
  readonly ledger: Table;
  readonly budgets: Table;
  /** What those who follow a run are told of what its models say. */
  readonly streams: Table;
  readonly streamQueue: IQueue;
}

type BedrockModel = Extract<ModelSettings, { provider: 'bedrock' }>;

/**
 * The models that an agent names, and those that they fall back to.
 * @throws Error naming agent and model when the configuration does not know it
 */
function modelsOf({ name, uses }: Manifest, { models, secretsManager }: Config): Models {
  const reached: Models = {};
  for (const wanted of uses.models) {
    if (uses.worksWithoutModels && !Object.hasOwn(models, wanted)) continue;
    for (const member of chainOf(models, wanted)) {
      const model = member === undefined ? undefined : models[member];
      if (member === undefined || model === undefined)
        throw new Error(
          `agent ${name} uses model "${wanted}", which the configuration does not have; it has: ${Object.keys(models).join(', ') || 'none'}. Name it in \`models\` (docs/guides/models.md)`,
        );
      if ('secret' in model && model.secret !== undefined && !secretsManager)
        throw new Error(`model "${member}" of agent ${name} needs its secret, and secretsManager is off`);
      reached[member] = model;
    }
  }
  return reached;
}

/** Exactly the models that it may call, the keys for them, and its part of what all share: its cache, places of pools. */
export function modelStatements(scope: Construct, manifest: Manifest, around: ModelTables): PolicyStatement[] {
  const { config, ledger, budgets, streams, streamQueue } = around;
  const models = Object.entries(modelsOf(manifest, config));
  if (models.length === 0) return [];
  const bedrock = models.flatMap(([, model]) => (model.provider === 'bedrock' ? [model] : []));
  const secrets = new Set(
    models.flatMap(([, model]) => ('secret' in model && model.secret !== undefined ? [model.secret] : [])),
  );
  const leased = models.flatMap(([name, { maxConcurrent }]) =>
    maxConcurrent === undefined ? [] : [`LEASE#model/${name}`],
  );
  return [
    ...(bedrock.length > 0 ? [callsOf(scope, bedrock)] : []),
    ...[...secrets].map((secret) => readingOf(scope, secret)),
    // Its steps' own statement lets it put there.
    itemsUnder(ledger, [`${manifest.name}#cache`], 'Get'),
    // Who follows its runs, and telling them what a model says while it says it.
    itemsUnder(streams, ['WATCH#*', 'WATCHES'], 'Get'),
    sendTo(streamQueue),
    ...(leased.length > 0 ? [itemsUnder(budgets, leased, 'Put', 'Delete'), queriesUnder(budgets, leased)] : []),
  ];
}

export function modelEnvironment(
  manifest: Manifest,
  { config, streams, streamQueue }: ModelTables,
): Record<string, string> {
  const models = modelsOf(manifest, config);
  if (manifest.uses.models.length === 0) return {};
  if (Object.keys(models).length === 0) return { [ENV.agentModels]: '{}' };
  return {
    [ENV.agentModels]: JSON.stringify(models),
    [ENV.streamsTable]: streams.tableName,
    [ENV.streamQueue]: streamQueue.queueUrl,
  };
}

export function callsOf(scope: Construct, models: readonly BedrockModel[]): PolicyStatement {
  return new PolicyStatement({
    actions: ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'],
    resources: [...new Set(models.flatMap((model) => arnsOf(scope, model)))],
  });
}

/**
 * An inference profile, and the model behind it in each region that it sends calls to.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
 */
function arnsOf(scope: Construct, { id, regions = [] }: BedrockModel): string[] {
  if (id.startsWith('arn:')) return [id];
  const stack = Stack.of(scope);
  const arnOf = (resource: string, resourceName: string, place: { region?: string; account?: string }): string =>
    stack.formatArn({ service: 'bedrock', resource, resourceName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME, ...place });
  const model = behindProfile(id);
  if (model === undefined) return [arnOf('foundation-model', id, { account: '' })];
  // A global profile is asked for in no region at all, too.
  const places = id.startsWith('global.') ? ['', ...regions] : regions;
  return [
    arnOf('inference-profile', id, {}),
    ...places.map((region) => arnOf('foundation-model', model, { region, account: '' })),
  ];
}
