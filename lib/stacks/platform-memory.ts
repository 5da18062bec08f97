import { AttributeType, type Table } from 'aws-cdk-lib/aws-dynamodb';
import { Architecture, Code, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENV } from '../../lambdas/contracts/environment.ts';
import { PEOPLE_DOOR } from '../../lambdas/contracts/memory.ts';
import type { Assets } from '../bundling/assets.ts';
import type { Config } from '../config.ts';
import { acknowledgeKeys } from '../constructs/acknowledge.ts';
import { DataTable } from '../constructs/data-table.ts';
import { FunctionAlarms } from '../constructs/function-alarms.ts';
import { itemsOf, itemsUnder, listingOf, objectsOf, queriesOf, removalsOf, scanOf } from '../constructs/grants.ts';
import { embeddingStatements, embeddingsOf } from '../constructs/memory-embeddings.ts';
import { memoryDoor } from '../constructs/memory-reach.ts';
import { PlatformFunction } from '../constructs/platform-function.ts';
import { PrivateBucket } from '../constructs/private-bucket.ts';
import type { PlatformStores } from './platform-stores.ts';

/** The index of the table of memories, as its adapter reads it. */
export const BY_VERSION = { indexName: 'by_version', sort: 'v' } as const;

export interface PlatformMemoryProps {
  readonly config: Config;
  readonly assets: Assets;
  readonly stores: PlatformStores;
  /** What its schedule could not make it do. */
  readonly undelivered: IQueue;
}

/** Memories, their keys and their snapshots, and the one Lambda that may touch them. */
export class PlatformMemory extends Construct {
  readonly lambda: PlatformFunction;
  readonly memories: Table;
  /** What bodies are sealed with. */
  readonly keys: Table;
  readonly snapshots: Bucket;

  constructor(scope: Construct, id: string, { config, assets, stores, undelivered }: PlatformMemoryProps) {
    super(scope, id);
    this.memories = new DataTable(this, 'Memories', { config, expires: true }).table;
    this.memories.addLocalSecondaryIndex({
      indexName: BY_VERSION.indexName,
      sortKey: { name: BY_VERSION.sort, type: AttributeType.NUMBER },
    });
    this.keys = new DataTable(this, 'Keys', {
      config,
      neverBackedUp: 'Erasing a person destroys their key: a backup would bring it back.',
    }).table;
    this.snapshots = new PrivateBucket(this, 'Snapshots', { config }).bucket;
    const embeddings = embeddingsOf(config);
    const timeoutSeconds = 120;
    this.lambda = new PlatformFunction(this, 'Lambda', {
      config,
      assets,
      entry: 'lambdas/platform/memory/handler.ts',
      description: 'The only one that reads and writes memories: keeps, finds, tidies up, unlearns and erases them',
      timeoutSeconds,
      memoryMb: 2_048,
      failedInvocations: undelivered,
      ...(embeddings === 'local' && { layers: [this.#model(config, assets)] }),
      environment: {
        [ENV.stateTable]: stores.state.tableName,
        [ENV.registryTable]: stores.registry.tableName,
        [ENV.blobBucket]: stores.blobs.bucketName,
        [ENV.memoriesTable]: this.memories.tableName,
        [ENV.memoryKeysTable]: this.keys.tableName,
        [ENV.memoryBucket]: this.snapshots.bucketName,
        ...(embeddings !== undefined && { [ENV.memoryEmbeddings]: JSON.stringify(embeddings) }),
      },
    });
    this.lambda.allow(
      itemsOf(this.memories, 'Get', 'Put', 'Update', 'Delete', 'BatchWrite', 'ConditionCheck'),
      // All of a tenant: no key leads to the notes of runs that are not known any more.
      scanOf(this.memories),
      queriesOf(this.keys),
      queriesOf(this.memories),
      queriesOf(this.memories, BY_VERSION.indexName),
      itemsOf(this.keys, 'Get', 'BatchGet', 'Put', 'Delete'),
      objectsOf(this.snapshots, 'read-write'),
      removalsOf(this.snapshots),
      listingOf(this.snapshots),
      // Who may use which pool, and whether they hold the task that they speak of.
      queriesOf(stores.registry),
      itemsUnder(stores.state, ['MEMORY-PASSES'], 'Get'),
      ...embeddingStatements(this, embeddings),
    );
    acknowledgeKeys(this.lambda.role, this.snapshots);
    memoryDoor(this, this.lambda.fn, PEOPLE_DOOR);
    new FunctionAlarms(this.lambda, 'Alarms', {
      config,
      owner: 'the platform’s Memory',
      errorImpact: 'Agents that remember or recall fail and are tried again; others are not concerned.',
      fn: this.lambda.fn,
      timeoutSeconds,
      errorsHeading: 'a-platform-lambda-fails',
    });
  }

  #model(config: Config, assets: Assets): LayerVersion {
    const { path, hash } = assets.layer('embeddings', config.architecture);
    return new LayerVersion(this, 'Embeddings', {
      code: Code.fromAsset(path, { assetHash: hash }),
      compatibleArchitectures: [config.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64],
      description: 'A small embedding model',
    });
  }
}
