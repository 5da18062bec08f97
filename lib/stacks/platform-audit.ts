import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { type EventBus, Match, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { AUDITED_EVENTS } from '../../lambdas/contracts/audited-events.ts';
import { PLATFORM_SOURCE } from '../../lambdas/contracts/bus-events.ts';
import { ENV } from '../../lambdas/contracts/environment.ts';
import { acknowledgeKeys } from '../constructs/acknowledge.ts';
import { DataTable } from '../constructs/data-table.ts';
import { FunctionAlarms } from '../constructs/function-alarms.ts';
import {
  itemsOf,
  listingOf,
  objectsOf,
  publishOn,
  queriesOf,
  queriesUnder,
  receiveFrom,
  sendTo,
} from '../constructs/grants.ts';
import { LockedBucket } from '../constructs/locked-bucket.ts';
import { type MessageKeys, messageEnvironment, readKeys } from '../constructs/message-keys.ts';
import { PlatformFunction } from '../constructs/platform-function.ts';
import { QueueAlarms } from '../constructs/queue-alarms.ts';
import { queueSource } from '../constructs/queue-source.ts';
import { supports } from '../emulator-gaps.ts';
import type { PlatformPartProps } from './platform-part.ts';
import { type PlatformQueues, TIMEOUTS } from './platform-queues.ts';

export interface PlatformAuditProps extends PlatformPartProps {
  readonly messageKeys: MessageKeys;
}

/** What is noted for good, the one Lambda that writes it, and where its chains stand. */
export class PlatformAudit extends Construct {
  readonly objects: Bucket;
  /** Where chains stand, and what is found where: only ever a hint. */
  readonly index: Table;
  readonly lambda: PlatformFunction;
  /** Writes down each hour where all chains stand. */
  readonly checkpoint: PlatformFunction;

  constructor(scope: Construct, id: string, props: PlatformAuditProps) {
    super(scope, id);
    const { config, stores, queues, bus } = props;
    this.objects = new LockedBucket(this, 'Objects', { config, writeOnce: 'chains/' }).bucket;
    this.index = new DataTable(this, 'Index', { config }).table;
    this.lambda = this.#make(props, 'Lambda', {
      entry: 'lambdas/platform/audit/handler.ts',
      description: 'Keeps messages, decisions and security events in objects that nobody can change',
      timeoutSeconds: TIMEOUTS.audit,
      may: [
        receiveFrom(queues.audit.queue),
        itemsOf(this.index, 'Get', 'Put'),
        objectsOf(this.objects, 'read-write'),
        // Without it an object that is not there looks like a forbidden one.
        listingOf(this.objects),
        // Journals, wherever they lie by now.
        queriesUnder(stores.state, ['RUN#*']),
        objectsOf(stores.blobs, 'read'),
        objectsOf(stores.archive, 'read'),
        publishOn(bus, supports(config, 'sourceCondition') ? PLATFORM_SOURCE : undefined),
        readKeys(props.messageKeys),
      ],
      buckets: [this.objects, stores.blobs, stores.archive],
    });
    for (const [name, value] of Object.entries(messageEnvironment(props))) this.lambda.fn.addEnvironment(name, value);
    this.checkpoint = this.#make(props, 'Checkpoint', {
      entry: 'lambdas/platform/audit/schedule-handler.ts',
      description: 'Each hour writes into the audit where all its chains stand',
      timeoutSeconds: TIMEOUTS.audit,
      may: [queriesOf(this.index), sendTo(queues.audit.queue)],
      buckets: [],
      scheduled: true,
    });
    queueSource(this, 'Source', {
      target: this.lambda.fn,
      queue: queues.audit.queue,
      batchSize: 10,
      maxConcurrency: 5,
    });
    this.#listen(queues, bus);
    new QueueAlarms(this, 'Alarms', {
      config,
      owner: "the platform's Audit",
      errorImpact: 'What happens is noted late; nothing is lost while it waits.',
      queues: { queue: queues.audit.queue },
      deadLetters: queues.audit.deadLetters,
      oldestSeconds: 900,
      oldestHeading: 'the-audit-falls-behind',
      deadLettersHeading: 'the-audit-falls-behind',
    });
  }

  /** What agents say to each other, and nobody else writes down. */
  #listen(queues: PlatformQueues, bus: EventBus): void {
    const rule = new Rule(this, 'BetweenAgents', {
      eventBus: bus,
      description: 'What agents say to each other, for the audit',
      eventPattern: {
        source: Match.prefix(AUDITED_EVENTS.sourcePrefix),
        detailType: Match.anythingBut(...AUDITED_EVENTS.except),
      },
    });
    rule.addTarget(
      new SqsQueue(queues.audit.queue, {
        deadLetterQueue: queues.undelivered.queue,
        messageGroupId: AUDITED_EVENTS.group,
      }),
    );
  }

  #make(
    { config, assets, stores, queues, bus }: PlatformPartProps,
    id: string,
    part: {
      readonly entry: string;
      readonly description: string;
      readonly timeoutSeconds: number;
      readonly may: readonly PolicyStatement[];
      readonly buckets: readonly Bucket[];
      readonly scheduled?: boolean;
    },
  ): PlatformFunction {
    const { entry, description, timeoutSeconds } = part;
    const made = new PlatformFunction(this, id, {
      ...{ config, assets, entry, description, timeoutSeconds, memoryMb: 512 },
      environment: {
        [ENV.stateTable]: stores.state.tableName,
        [ENV.blobBucket]: stores.blobs.bucketName,
        [ENV.archiveBucket]: stores.archive.bucketName,
        [ENV.busName]: bus.eventBusName,
        [ENV.auditQueue]: queues.audit.queue.queueUrl,
        [ENV.auditTable]: this.index.tableName,
        [ENV.auditBucket]: this.objects.bucketName,
        [ENV.siem]: config.audit.siem,
      },
      ...(part.scheduled && { failedInvocations: queues.undelivered.queue }),
    });
    made.allow(...part.may);
    for (const bucket of part.buckets) acknowledgeKeys(made.role, bucket);
    new FunctionAlarms(made, 'Alarms', {
      ...{ config, fn: made.fn, timeoutSeconds },
      owner: `the platform's Audit${id}`,
      errorImpact: 'What happens is noted late; nothing is lost while it waits.',
      errorsHeading: 'a-platform-lambda-fails',
    });
    return made;
  }
}
