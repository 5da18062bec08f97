import { Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { type EventBus, Match, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { REPLAY_SOURCE } from '../../lambdas/contracts/bus-events.ts';
import { ENV } from '../../lambdas/contracts/environment.ts';
import { STREAM_EVENTS, STREAM_SOURCE } from '../../lambdas/contracts/stream-messages.ts';
import type { Config } from '../config.ts';
import { acknowledge, acknowledgeKeys } from '../constructs/acknowledge.ts';
import { DataTable } from '../constructs/data-table.ts';
import { FunctionAlarms } from '../constructs/function-alarms.ts';
import {
  itemsOf,
  itemsUnder,
  objectsOf,
  publishOn,
  queriesOf,
  queriesUnder,
  receiveFrom,
  sendTo,
} from '../constructs/grants.ts';
import { identityEnvironment, revocationChecks, tokenChecks } from '../constructs/identity.ts';
import { type MessageKeys, messageEnvironment, platformMessageStatements } from '../constructs/message-keys.ts';
import { PlatformFunction } from '../constructs/platform-function.ts';
import { QueueAlarms } from '../constructs/queue-alarms.ts';
import { queueSource } from '../constructs/queue-source.ts';
import { QueueWithDlq } from '../constructs/queue-with-dlq.ts';
import { SocketApi } from '../constructs/websocket-api.ts';
import { supports } from '../emulator-gaps.ts';
import type { PlatformFunctions } from './platform-functions.ts';
import type { PlatformPartProps } from './platform-part.ts';
import type { PlatformQueues } from './platform-queues.ts';

export interface PlatformStreamProps extends PlatformPartProps {
  readonly functions: PlatformFunctions;
  readonly messageKeys: MessageKeys;
}

const TIMEOUT_SECONDS = 30;
/** Connections and frames of all clients together, per second. */
const RATE = { rateLimit: 500, burstLimit: 1_000 } as const;
const IMPACT = 'Who follows runs live sees nothing new, or can not connect; the runs themselves go on.';

/** What of the streams table tells whether anybody follows something. */
export const WATCH_KEYS = ['WATCH#*', 'WATCHES'] as const;

/** The live view: connections of clients, the log of what they follow, and the Lambdas between. */
export class PlatformStream extends Construct {
  readonly api: SocketApi;
  /** Connections, who follows what, and what was said. */
  readonly streams: Table;
  /** What is to be told, in order per run. */
  readonly queue: QueueWithDlq;
  /** Talks to clients. */
  readonly sockets: PlatformFunction;
  /** Numbers what happens, and tells those who follow it. */
  readonly teller: PlatformFunction;
  /** Each minute closes what may not stay open. */
  readonly closer: PlatformFunction;

  constructor(scope: Construct, id: string, props: PlatformStreamProps) {
    super(scope, id);
    const { config, stores, queues, functions, messageKeys, bus } = props;
    this.streams = new DataTable(this, 'Streams', { config, expires: true }).table;
    this.queue = new QueueWithDlq(this, 'Told', {
      config,
      consumerTimeoutSeconds: TIMEOUT_SECONDS,
      fifo: true,
      contentDeduplication: true,
      // What is told too late is of no use: the log and the journal have it.
      maxReceiveCount: 3,
    });
    const connections = [itemsOf(this.streams, 'Get', 'Put', 'Delete', 'BatchWrite'), queriesOf(this.streams)];
    this.sockets = this.#make(props, 'Sockets', 'socket-handler', 'Talks to those who follow runs over WebSockets', [
      ...connections,
      // Which topics are followed.
      itemsUnder(this.streams, ['WATCHES'], 'Update'),
      ...tokenChecks(stores.registry),
      // How often everybody asks, as over HTTP, and how a tenant stands.
      itemsUnder(stores.budgets, ['LIMIT#*'], 'Update'),
      itemsUnder(stores.registry, ['TENANT'], 'Get'),
      itemsUnder(stores.state, ['RUN#*'], 'Get'),
      queriesUnder(stores.state, ['RUN#*']),
      objectsOf(stores.blobs, 'read'),
      objectsOf(stores.archive, 'read'),
      publishOn(bus, supports(config, 'sourceCondition') ? STREAM_SOURCE : undefined),
      sendTo(queues.audit.queue),
    ]);
    acknowledge(
      this.sockets.fn,
      'Serverless-LambdaDLQ',
      'API Gateway waits for it: a client that is not answered asks again.',
    );
    this.sockets.fn.addEnvironment(ENV.budgetsTable, stores.budgets.tableName);
    this.sockets.fn.addEnvironment(ENV.tenancy, JSON.stringify(config.tenancy));
    acknowledgeKeys(this.sockets.role, stores.blobs);
    acknowledgeKeys(this.sockets.role, stores.archive);
    this.teller = this.#make(props, 'Teller', 'teller-handler', 'Numbers what happens, and tells those who follow it', [
      receiveFrom(this.queue.queue),
      ...connections,
      revocationChecks(stores.registry),
      queriesOf(stores.registry),
      objectsOf(stores.blobs, 'read'),
      ...platformMessageStatements({ checks: true }, messageKeys),
      sendTo(queues.audit.queue),
    ]);
    for (const [name, value] of Object.entries(messageEnvironment(props))) this.teller.fn.addEnvironment(name, value);
    acknowledgeKeys(this.teller.role, stores.blobs);
    this.closer = this.#make(
      props,
      'Closer',
      'schedule-handler',
      'Each minute closes connections whose token has ended',
      [itemsOf(this.streams, 'BatchWrite'), queriesOf(this.streams), revocationChecks(stores.registry)],
      true,
    );
    this.api = new SocketApi(this, 'WebSocket', {
      description: 'Runs, agents and figures, live',
      fn: this.sockets.fn,
      ...RATE,
    });
    for (const made of [this.sockets, this.teller, this.closer]) {
      made.fn.addEnvironment(ENV.streamApi, this.api.name);
      this.api.grantManage(made.role);
    }
    this.#askWhoFollows(functions);
    this.#listen(queues, bus);
    this.#watch(config);
  }

  /** The coordinator tells of runs that somebody follows. */
  #askWhoFollows({ coordinator }: PlatformFunctions): void {
    coordinator.fn.addEnvironment(ENV.streamQueue, this.queue.queue.queueUrl);
    coordinator.fn.addEnvironment(ENV.streamsTable, this.streams.tableName);
    coordinator.allow(sendTo(this.queue.queue), itemsUnder(this.streams, WATCH_KEYS, 'Get'));
    const ids = { coordinator: coordinator.role.roleId };
    this.teller.fn.addEnvironment(ENV.platformRoles, Stack.of(this).toJsonString(ids));
  }

  #listen(queues: PlatformQueues, bus: EventBus): void {
    const rule = new Rule(this, 'Rule', {
      eventBus: bus,
      description: 'What agents say of their work and of themselves, for those who follow',
      eventPattern: { detailType: [...STREAM_EVENTS], source: Match.anythingBut(REPLAY_SOURCE) },
    });
    rule.addTarget(
      new SqsQueue(this.queue.queue, { deadLetterQueue: queues.undelivered.queue, messageGroupId: '$.source' }),
    );
    queueSource(this, 'Source', { target: this.teller.fn, queue: this.queue.queue, batchSize: 10, maxConcurrency: 20 });
  }

  #watch(config: Config): void {
    new QueueAlarms(this, 'Alarms', {
      config,
      owner: "the platform's Stream",
      errorImpact: IMPACT,
      queues: { queue: this.queue.queue },
      deadLetters: this.queue.deadLetters,
      oldestSeconds: 120,
      oldestHeading: 'the-live-view-falls-behind',
      deadLettersHeading: 'the-live-view-falls-behind',
    });
  }

  #make(
    { config, assets, stores, queues, bus }: PlatformStreamProps,
    id: string,
    handler: string,
    description: string,
    may: readonly PolicyStatement[],
    scheduled = false,
  ): PlatformFunction {
    const made = new PlatformFunction(this, id, {
      ...{ config, assets, description, memoryMb: 512, timeoutSeconds: TIMEOUT_SECONDS },
      entry: `lambdas/platform/stream/${handler}.ts`,
      environment: {
        ...identityEnvironment(config),
        [ENV.streamsTable]: this.streams.tableName,
        [ENV.streamQueue]: this.queue.queue.queueUrl,
        [ENV.stateTable]: stores.state.tableName,
        [ENV.registryTable]: stores.registry.tableName,
        [ENV.blobBucket]: stores.blobs.bucketName,
        [ENV.archiveBucket]: stores.archive.bucketName,
        [ENV.busName]: bus.eventBusName,
        [ENV.auditQueue]: queues.audit.queue.queueUrl,
      },
      ...(scheduled && { failedInvocations: queues.undelivered.queue }),
    });
    made.allow(...may);
    new FunctionAlarms(made, 'Alarms', {
      ...{ config, fn: made.fn, timeoutSeconds: TIMEOUT_SECONDS },
      owner: `the platform's Stream${id}`,
      errorImpact: IMPACT,
      errorsHeading: 'a-platform-lambda-fails',
    });
    return made;
  }
}
