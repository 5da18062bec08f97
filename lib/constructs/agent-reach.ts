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
import { itemsOf, listingOf, objectsOf, publishOn, readingOf, receiveFrom, sendTo } from './grants.ts';

/** What an agent may touch: some of it is everybody's, the buckets are its system's. */
export interface AgentSurroundings {
  readonly config: Config;
  readonly bus: EventBus;
  readonly blobs: Bucket;
  readonly claims: Table;
  readonly coordinatorQueue: IQueue;
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
  const { config, bus, blobs, claims, coordinatorQueue } = around;
  const statements = [
    receiveFrom(inbox.express, inbox.standard),
    sendTo(coordinatorQueue),
    publishOn(bus, supports(config, 'sourceCondition') ? agentSource(manifest.name) : undefined),
    objectsOf(blobs, 'read-write'),
  ];
  if (manifest.effects === 'outside') statements.push(itemsOf(claims, 'Get', 'Put', 'Update'));
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
  const { config, bus, blobs, claims, coordinatorQueue } = around;
  const { buckets, secrets, settings } = manifest.reaches;
  const environment: Record<string, string> = {
    [ENV.agentName]: manifest.name,
    [ENV.inboxExpress]: inbox.express.queueUrl,
    [ENV.inboxStandard]: inbox.standard.queueUrl,
    [ENV.coordinatorQueue]: coordinatorQueue.queueUrl,
    [ENV.busName]: bus.eventBusName,
    [ENV.blobBucket]: blobs.bucketName,
    ...(manifest.effects === 'outside' && { [ENV.claimsTable]: claims.tableName }),
  };
  const put = (prefix: string, name: string, value: string | undefined): void => {
    if (value !== undefined) environment[resourceVariable(prefix, name)] = value;
  };
  for (const name of Object.keys(buckets)) put(ENV.bucketPrefix, name, bucketOf(name, manifest, around).bucketName);
  for (const name of secrets) put(ENV.secretPrefix, name, secretBehind(config, name, manifest.name));
  for (const name of settings) put(ENV.settingPrefix, name, settingBehind(config, name, manifest.name));
  return environment;
}
