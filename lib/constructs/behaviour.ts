import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { PLATFORM_SOURCE } from '../../lambdas/contracts/bus-events.ts';
import { ENV } from '../../lambdas/contracts/environment.ts';
import type { Assets } from '../bundling/assets.ts';
import type { Config } from '../config.ts';
import { supports } from '../emulator-gaps.ts';
import { acknowledgeKeys } from './acknowledge.ts';
import { DataTable } from './data-table.ts';
import { FunctionAlarms } from './function-alarms.ts';
import { itemsOf, itemsUnder, listingOf, objectsOf, publishOn, queriesOf, receiveFrom, sendTo } from './grants.ts';
import { PlatformFunction } from './platform-function.ts';
import { QueueAlarms } from './queue-alarms.ts';
import { queueSource } from './queue-source.ts';
import { QueueWithDlq } from './queue-with-dlq.ts';

/** Seconds that it has, for a tenant whose audit it has not read for long. */
const TIMEOUT_SECONDS = 120;
const ERROR_IMPACT = 'Nobody hears of behaviour out of the ordinary until it is followed again; nothing is left out.';

export interface BehaviourProps {
  readonly config: Config;
  readonly assets: Assets;
  readonly bus: EventBus;
  /** Who is registered, and in which version. */
  readonly registry: Table;
  readonly blobs: Bucket;
  /** The audit: its objects, where its chains stand, and its queue. */
  readonly audit: { readonly objects: Bucket; readonly index: Table; readonly queue: IQueue };
  /** What its schedule could not make it do. */
  readonly undelivered: IQueue;
}

/** Learns from the audit how everybody behaves, and tells of what is out of the ordinary. */
export class Behaviour extends Construct {
  /** Baselines and alerts. */
  readonly table: Table;
  /** Says which tenant's audit has something new. */
  readonly queue: QueueWithDlq;
  readonly lambda: PlatformFunction;
  /** Has all tenants looked at; to be called every few minutes. */
  readonly schedule: PlatformFunction;

  constructor(scope: Construct, id: string, props: BehaviourProps) {
    super(scope, id);
    const { config, bus, registry, audit } = props;
    this.table = new DataTable(this, 'Table', { config, expires: true }).table;
    this.queue = new QueueWithDlq(this, 'Queue', { config, consumerTimeoutSeconds: TIMEOUT_SECONDS, fifo: true });
    this.lambda = this.#make(props, 'Lambda', {
      entry: 'lambdas/platform/behaviour/handler.ts',
      description: 'Learns how agents, users and tenants behave, and tells who behaves as they never do',
      may: [
        receiveFrom(this.queue.queue),
        itemsOf(this.table, 'Get', 'Put', 'Delete'),
        queriesOf(this.table),
        itemsOf(audit.index, 'Get'),
        objectsOf(audit.objects, 'read'),
        listingOf(audit.objects),
        queriesOf(registry),
        itemsUnder(registry, ['TENANT'], 'Get'),
        sendTo(audit.queue),
        publishOn(bus, supports(config, 'sourceCondition') ? PLATFORM_SOURCE : undefined),
      ],
    });
    acknowledgeKeys(this.lambda.role, audit.objects);
    this.schedule = this.#make(props, 'Schedule', {
      entry: 'lambdas/platform/behaviour/schedule-handler.ts',
      description: 'Every few minutes has the behaviour of all tenants looked at',
      may: [queriesOf(audit.index), sendTo(this.queue.queue)],
      failedInvocations: props.undelivered,
    });
    queueSource(this, 'Source', { target: this.lambda.fn, queue: this.queue.queue, batchSize: 10, maxConcurrency: 2 });
    new QueueAlarms(this, 'Alarms', {
      config,
      owner: "the platform's Behaviour",
      errorImpact: ERROR_IMPACT,
      queues: { queue: this.queue.queue },
      deadLetters: this.queue.deadLetters,
      oldestSeconds: 1_800,
    });
  }

  #make(
    { config, assets, bus, registry, blobs, audit }: BehaviourProps,
    id: string,
    part: {
      readonly entry: string;
      readonly description: string;
      readonly may: readonly PolicyStatement[];
      readonly failedInvocations?: IQueue;
    },
  ): PlatformFunction {
    const { entry, description, failedInvocations } = part;
    const made = new PlatformFunction(this, id, {
      ...{ config, assets, entry, description, timeoutSeconds: TIMEOUT_SECONDS, memoryMb: 1_024 },
      environment: {
        [ENV.registryTable]: registry.tableName,
        [ENV.blobBucket]: blobs.bucketName,
        [ENV.busName]: bus.eventBusName,
        [ENV.auditQueue]: audit.queue.queueUrl,
        [ENV.auditTable]: audit.index.tableName,
        [ENV.auditBucket]: audit.objects.bucketName,
        [ENV.behaviourTable]: this.table.tableName,
        [ENV.behaviourQueue]: this.queue.queue.queueUrl,
        [ENV.quarantine]: JSON.stringify(config.quarantine),
      },
      ...(failedInvocations && { failedInvocations }),
    });
    made.allow(...part.may);
    new FunctionAlarms(made, 'Alarms', {
      ...{ config, fn: made.fn, timeoutSeconds: TIMEOUT_SECONDS, errorImpact: ERROR_IMPACT },
      owner: `the platform's Behaviour${id}`,
      errorsHeading: 'a-platform-lambda-fails',
    });
    return made;
  }
}
