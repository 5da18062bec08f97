import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { agentSource } from '../../lambdas/contracts/bus-events.ts';
import { ENV, resourceVariable } from '../../lambdas/contracts/environment.ts';
import type { Manifest } from '../../lambdas/contracts/manifest.ts';
import type { Config } from '../config.ts';
import { supports } from '../emulator-gaps.ts';
import { secretBehind, settingBehind } from '../resolve-reaches.ts';
import { type BudgetTables, budgetEnvironment, budgetStatements } from './budget-reach.ts';
import { listingOf, objectsOf, publishOn, readingOf, receiveFrom, sendTo } from './grants.ts';
import { type MemoryReach, memoryEnvironment, memoryStatements } from './memory-reach.ts';
import { type MessageReach, messageEnvironment, messageStatements } from './message-keys.ts';
import { modelEnvironment, modelStatements } from './model-reach.ts';
import { type StepTables, stepEnvironment, stepStatements } from './steps-reach.ts';
import { toolEnvironment, toolStatements } from './tool-reach.ts';

/** What an agent may touch: some of it is everybody's, the buckets are its system's. */
export interface AgentSurroundings extends BudgetTables, MemoryReach, MessageReach, StepTables {
  readonly config: Config;
  readonly bus: EventBus;
  readonly blobs: Bucket;
  readonly coordinatorQueue: IQueue;
  /** Where agents with models find who follows their runs, and tell them. */
  readonly streams: Table;
  readonly streamQueue: IQueue;
  /** By the name that manifests give in `reaches.buckets`. */
  readonly buckets: ReadonlyMap<string, Bucket>;
}

export interface Inbox {
  readonly express: IQueue;
  readonly standard: IQueue;
}

function bucketOf(name: string, manifest: Manifest, { buckets }: AgentSurroundings): Bucket {
  const bucket = buckets.get(name);
  if (!bucket) throw new Error(`agent ${manifest.name} reaches bucket "${name}", which its system does not have`);
  return bucket;
}

/** Every bucket that the agent reaches: the platform's blobs, and those that its manifest names. */
export function bucketsOf(manifest: Manifest, around: AgentSurroundings): Bucket[] {
  return [around.blobs, ...Object.keys(manifest.reaches.buckets).map((name) => bucketOf(name, manifest, around))];
}

/** What the role of this agent may do: its inbox, its reports, its voice on the bus, and what its manifest names. */
export function agentStatements(
  scope: Construct,
  manifest: Manifest,
  inbox: Inbox,
  around: AgentSurroundings,
): PolicyStatement[] {
  const { config, bus, blobs, coordinatorQueue } = around;
  const statements = [
    receiveFrom(inbox.express, inbox.standard),
    sendTo(coordinatorQueue),
    publishOn(bus, supports(config, 'sourceCondition') ? agentSource(manifest.name) : undefined),
    objectsOf(blobs, 'read-write'),
  ];
  statements.push(...messageStatements(manifest, around));
  statements.push(...stepStatements(manifest, around));
  statements.push(...budgetStatements(manifest, around));
  statements.push(...modelStatements(scope, manifest, around));
  statements.push(...toolStatements(scope, manifest, around));
  statements.push(...memoryStatements(scope, manifest, around));
  for (const [name, access] of Object.entries(manifest.reaches.buckets)) {
    const bucket = bucketOf(name, manifest, around);
    statements.push(objectsOf(bucket, access));
    if (access !== 'write') statements.push(listingOf(bucket));
  }
  for (const name of manifest.reaches.secrets) {
    const secret = secretBehind(config, name, manifest.name);
    if (secret !== undefined) statements.push(readingOf(scope, secret));
  }
  return statements;
}

/** The environment variables that tell the agent's code where all this is. What the configuration leaves out is left out. */
export function agentEnvironment(manifest: Manifest, inbox: Inbox, around: AgentSurroundings): Record<string, string> {
  const { config, bus, blobs, coordinatorQueue } = around;
  const { buckets, secrets, settings } = manifest.reaches;
  const environment: Record<string, string> = {
    [ENV.agentName]: manifest.name,
    [ENV.inboxExpress]: inbox.express.queueUrl,
    [ENV.inboxStandard]: inbox.standard.queueUrl,
    [ENV.coordinatorQueue]: coordinatorQueue.queueUrl,
    [ENV.busName]: bus.eventBusName,
    [ENV.blobBucket]: blobs.bucketName,
    ...messageEnvironment(around),
    ...stepEnvironment(manifest, around),
    ...budgetEnvironment(manifest, around),
    ...modelEnvironment(manifest, around),
    ...toolEnvironment(manifest, around),
    ...memoryEnvironment(manifest, around),
  };
  for (const variable of [ENV.agentModels, ENV.mcpServers]) fitsLambda(environment[variable], variable, manifest);
  const put = (prefix: string, name: string, value: string | undefined): void => {
    if (value !== undefined) environment[resourceVariable(prefix, name)] = value;
  };
  for (const name of Object.keys(buckets)) put(ENV.bucketPrefix, name, bucketOf(name, manifest, around).bucketName);
  for (const name of secrets) put(ENV.secretPrefix, name, secretBehind(config, name, manifest.name));
  for (const name of settings) put(ENV.settingPrefix, name, settingBehind(config, name, manifest.name));
  return environment;
}

/** Lambda takes 4 KB for all variables of a function, and says so only when it is deployed. The others take up to 1.5. */
const LONGEST_SETTING = 2_500;

function fitsLambda(value: string | undefined, variable: string, { name }: Manifest): void {
  if (value !== undefined && value.length > LONGEST_SETTING)
    throw new Error(
      `agent ${name} names so many models or MCP servers that ${variable} has ${value.length} characters, and a Lambda has room for ${LONGEST_SETTING}: name fewer, or share the work between two agents`,
    );
}
