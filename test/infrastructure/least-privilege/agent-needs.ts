import type { Manifest } from '../../../lambdas/contracts/manifest.ts';
import type { System } from '../../../lambdas/contracts/system.ts';
import type { Config } from '../../../lib/config.ts';
import { type Needs, together } from './compare.ts';
import { agentMessageNeeds } from './message-needs.ts';
import { modelNeeds } from './model-needs.ts';
import { FOLLOWED } from './stream-needs.ts';
import { hears, isLambda, readsSecret, speaksAs, takesFrom, tlsOnly, undelivered, under } from './words.ts';

const pascal = (name: string): string =>
  name.replaceAll(/(?:^|[^a-z0-9]+)([a-z0-9])/gi, (_, letter) => letter.toUpperCase());

/** What each thing that a manifest may say lets its agent do, and nothing else does. */
const BY_MANIFEST: ReadonlyArray<(manifest: Manifest, config: Config) => readonly string[]> = [
  // Outside effects, its own or its tools', are claimed under the types of its tasks.
  ({ effects, uses, capabilities }) => {
    const types = Object.keys(capabilities).map((type) => `${type}#*`);
    return effects === 'outside' || uses.tools.length > 0
      ? [`dynamodb:GetItem PutItem UpdateItem on StoresClaims when ${under(...types)}`]
      : [];
  },
  // Its steps are written once, and read.
  ({ name, uses }) => (uses.steps ? [`dynamodb:PutItem Query on StoresLedger when ${under(`${name}#*`)}`] : []),
  // What costs something is counted, and what stops work is looked at.
  ({ uses }) =>
    uses.models.length === 0 && uses.tools.length === 0
      ? []
      : [
          `dynamodb:GetItem UpdateItem on StoresBudgets when ${under('ACCOUNT#*', 'RATE#*')}`,
          `dynamodb:BatchGetItem on StoresBudgets when ${under('STOP#*')}`,
          `dynamodb:BatchGetItem on StoresRegistry when ${under('HOLD', 'LOAD')}`,
        ],
  agentMessageNeeds,
  // What a model says goes to those who follow its run.
  ({ uses }, { models }) => (uses.models.some((name) => Object.hasOwn(models, name)) ? FOLLOWED : []),
  modelNeeds,
  ({ uses }, { mcp }) =>
    uses.tools.flatMap((tool) => {
      const secret = tool.includes('__') ? mcp[tool.split('__')[0] ?? '']?.secret : undefined;
      return secret === undefined ? [] : [readsSecret(secret)];
    }),
  // One door of the memory Lambda is its own.
  ({ name, uses }) =>
    Object.keys(uses.memory).length === 0
      ? []
      : [`lambda:InvokeFunction on arn:lambda:REGION:ACCOUNT:function:MemoryLambda:agent-${name}`],
  ({ reaches }, { secretsManager, etl }) => {
    const known: Record<string, string | undefined> = {
      'etl-source-database': etl.sourceDatabaseSecret,
      'etl-target-database': etl.targetDatabaseSecret,
    };
    return reaches.secrets.flatMap((name) => {
      const secret = known[name];
      return secretsManager && secret !== undefined ? [readsSecret(secret)] : [];
    });
  },
];

const BUCKET_ACTIONS = {
  read: ['s3:GetObject on NAME/*', 's3:ListBucket on NAME'],
  write: ['s3:PutObject on NAME/*'],
  'read-write': ['s3:GetObject PutObject on NAME/*', 's3:ListBucket on NAME'],
} as const;

/** @param system as its stack is called */
function agentNeeds(system: string, manifest: Manifest, config: Config): Needs {
  const id = `${system}/${pascal(manifest.name)}`;
  // CDK says a word once where two parts of a path are the same.
  const worker = id.endsWith('Worker') ? id : `${id}Worker`;
  const buckets = Object.entries(manifest.reaches.buckets).flatMap(([name, access]) =>
    BUCKET_ACTIONS[access].map((line) => line.replaceAll('NAME', `${system}/${pascal(name)}`)),
  );
  const heard = manifest.channels.subscribes.length > 0 ? hears(config, `${id}ChannelsRule`) : [];
  return {
    [`code of ${worker}`]: [`runs as ${worker}Role`],
    [`${worker}Role`]: [
      ...isLambda(worker, config),
      takesFrom(`${id}Express`, `${id}Standard`),
      'sqs:SendMessage on QueuesCoordinator',
      speaksAs(`muster.agent.${manifest.name}`, config),
      's3:GetObject PutObject on StoresBlobs/*',
      ...buckets,
      ...BY_MANIFEST.flatMap((needs) => needs(manifest, config)),
    ],
    [`policy of ${id}Express`]: tlsOnly('sqs:*', config),
    [`policy of ${id}Standard`]: [...tlsOnly('sqs:*', config), ...heard],
    [`policy of ${id}DeadLetters`]: tlsOnly('sqs:*', config),
    // What the platform needs for it.
    LambdasCoordinatorRole: [`sqs:SendMessage GetQueueAttributes on ${id}Express, ${id}Standard`],
    // Quarantine closes its inboxes.
    LambdasMonitorRole: ['express', 'standard'].map(
      (lane) => `lambda:UpdateEventSourceMapping on arn:lambda:REGION:ACCOUNT:event-source-mapping:${id}${lane}Source`,
    ),
    LambdasMonitorScheduleRole: [`sqs:GetQueueAttributes on ${id}Express, ${id}Standard`],
    LambdasDeadLettersRole: [takesFrom(`${id}DeadLetters`)],
  };
}

/** What the agents of a system need, and the platform for them, from their manifests alone. */
export function systemNeeds({ name: called, agents }: System, config: Config): Needs {
  const system = pascal(called);
  const listeners = agents.filter(({ channels }) => channels.subscribes.length > 0);
  const buckets = new Set(agents.flatMap(({ reaches }) => Object.keys(reaches.buckets)));
  return together(
    ...agents.map((manifest) => agentNeeds(system, manifest, config)),
    ...[...buckets].map((name) => bucketNeeds(`${system}/${pascal(name)}`, config)),
    listeners.length === 0
      ? {}
      : {
          [`policy of ${system}/Undelivered`]: [
            ...tlsOnly('sqs:*', config),
            ...undelivered(...listeners.map(({ name }) => `${system}/${pascal(name)}ChannelsRule`)),
          ],
          LambdasDeadLettersRole: [takesFrom(`${system}/Undelivered`)],
        },
  );
}

/** A bucket lets nobody in by itself; where it goes with its stack, CDK's own Lambda empties it first. */
export function bucketNeeds(bucket: string, config: Config): Needs {
  const emptied = config.removal === 'destroy' && config.target === 'aws';
  const [stack = ''] = /^.*\//.exec(bucket) ?? [];
  const remover = `${stack}CustomS3AutoDeleteObjectsCustomResourceProvider`;
  return {
    [`policy of ${bucket}`]: [
      ...tlsOnly('s3:*', config).flatMap((line) => [line, line.replace('on itself', 'on itself/*')]),
      ...(emptied
        ? [`AWS ${remover}Role may s3:DeleteObject* GetBucket* List* PutBucketPolicy on itself, itself/*`]
        : []),
    ],
    ...(emptied && {
      [`code of ${remover}Handler`]: [`runs as ${remover}Role`],
      [`${remover}Role`]: [
        'lambda.amazonaws.com may sts:AssumeRole',
        "has AWS's service-role/AWSLambdaBasicExecutionRole",
      ],
    }),
  };
}
