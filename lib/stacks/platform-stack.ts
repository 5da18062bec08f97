import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { BUS_READERS } from '../../lambdas/contracts/bus-events.ts';
import { ENV } from '../../lambdas/contracts/environment.ts';
import type { Assets } from '../bundling/assets.ts';
import type { Config } from '../config.ts';
import type { AgentSurroundings } from '../constructs/agent-reach.ts';
import { Behaviour } from '../constructs/behaviour.ts';
import { ChannelSubscription } from '../constructs/channel-subscription.ts';
import { DeadLetterFeed } from '../constructs/dead-letter-feed.ts';
import { MusterBus } from '../constructs/event-bus.ts';
import { sendTo } from '../constructs/grants.ts';
import { Identity, identityEnvironment } from '../constructs/identity.ts';
import { Lifecycle } from '../constructs/lifecycle.ts';
import { MessageKeys } from '../constructs/message-keys.ts';
import { PeopleTopic } from '../constructs/people-topic.ts';
import type { PlatformFunction } from '../constructs/platform-function.ts';
import { queueSource } from '../constructs/queue-source.ts';
import type { QueueWithDlq } from '../constructs/queue-with-dlq.ts';
import { addOutputs } from './outputs.ts';
import { PlatformAlarms } from './platform-alarms.ts';
import { PlatformApi } from './platform-api.ts';
import { PlatformAudit } from './platform-audit.ts';
import { PlatformDashboard } from './platform-dashboard.ts';
import { PlatformFunctions } from './platform-functions.ts';
import { PlatformMemory } from './platform-memory.ts';
import { PlatformQueues } from './platform-queues.ts';
import { PlatformStores } from './platform-stores.ts';
import { PlatformStream } from './platform-stream.ts';
import { PlatformTenants } from './platform-tenants.ts';

const BATCH = 10;

export interface PlatformStackProps extends StackProps {
  readonly config: Config;
  readonly assets: Assets;
}

/** What every system stands on: bus, stores, queues, the lifecycle and the platform's Lambdas. */
export class PlatformStack extends Stack {
  readonly functions: PlatformFunctions;
  /** What agents may touch of the platform. */
  readonly surroundings: Omit<AgentSurroundings, 'buckets'>;

  constructor(scope: Construct, id: string, props: PlatformStackProps) {
    super(scope, id, props);
    const { config, assets } = props;
    const { bus } = new MusterBus(this, 'Events', config);
    const stores = new PlatformStores(this, 'Stores', config);
    const queues = new PlatformQueues(this, 'Queues', config);
    const lifecycle = new Lifecycle(this, 'Lifecycle', { config, coordinatorQueue: queues.coordinator.queue });
    const messageKeys = new MessageKeys(this, 'Messages', config);
    this.functions = new PlatformFunctions(this, 'Lambdas', {
      ...{ config, assets, stores, queues, bus, lifecycle, messageKeys },
    });
    const memory = new PlatformMemory(this, 'Memory', {
      ...{ config, assets, stores },
      undelivered: queues.undelivered.queue,
    });
    const identity = new Identity(this, 'Identity', {
      ...{ config, assets, registry: stores.registry },
      ...{ auditQueue: queues.audit.queue, undelivered: queues.undelivered.queue },
    });
    const audit = new PlatformAudit(this, 'Audit', { config, assets, stores, queues, bus, messageKeys });
    const behaviour = new Behaviour(this, 'Behaviour', {
      ...{ config, assets, bus, registry: stores.registry, blobs: stores.blobs },
      audit: { objects: audit.objects, index: audit.index, queue: queues.audit.queue },
      undelivered: queues.undelivered.queue,
    });
    audit.lambda.fn.addEnvironment(ENV.behaviourQueue, behaviour.queue.queue.queueUrl);
    audit.lambda.allow(sendTo(behaviour.queue.queue));
    const stream = new PlatformStream(this, 'Stream', {
      ...{ config, assets, stores, queues, bus, messageKeys },
      functions: this.functions,
    });
    const tenants = new PlatformTenants(this, 'Tenants', {
      ...{ config, assets, stores, queues, bus },
      streams: stream.streams,
      behaviour: behaviour.table,
      memory: memory.lambda.fn,
    });
    const api = new PlatformApi(this, 'Api', {
      ...{ config, assets, stores, queues, bus, messageKeys },
      memory: memory.lambda.fn,
      tenants: tenants.lambda.fn,
    });
    this.#connect(queues, bus, { Stream: stream.queue.deadLetters, Behaviour: behaviour.queue.deadLetters });
    const { topic } = new PeopleTopic(this, 'People', { config, bus, undelivered: queues.undelivered.queue });
    this.#schedule('SweeperEachMinute', this.functions.sweeper, queues);
    this.#schedule('MonitorEachMinute', this.functions.monitorSchedule, queues);
    this.#schedule('ArchiverEachHour', this.functions.archiver, queues, 60);
    this.#schedule('TenantsEachQuarter', tenants.lambda, queues, 15);
    this.#schedule('MemoryEachHour', memory.lambda, queues, 60);
    this.#schedule('StreamEachMinute', stream.closer, queues);
    this.#schedule('AuditEachHour', audit.checkpoint, queues, 60);
    this.#schedule('BehaviourEachFiveMinutes', behaviour.schedule, queues, 5);
    new PlatformAlarms(this, 'Alarms', { config, queues, stores });
    const dashboard = config.monitoring.enabled
      ? new PlatformDashboard(this, 'Overview', {
          functions: this.functions,
          queues,
          stores,
          lifecycle: lifecycle.stateMachine,
        }).dashboard
      : undefined;
    this.surroundings = {
      config,
      bus,
      blobs: stores.blobs,
      claims: stores.claims,
      ledger: stores.ledger,
      budgets: stores.budgets,
      registry: stores.registry,
      streams: stream.streams,
      streamQueue: stream.queue.queue,
      coordinatorQueue: queues.coordinator.queue,
      messageKeys,
      memory: memory.lambda.fn,
    };
    addOutputs(this, {
      BusName: bus.eventBusName,
      ApiId: api.http.apiId,
      ApiUrl: api.http.url,
      StateTableName: stores.state.tableName,
      RegistryTableName: stores.registry.tableName,
      ClaimsTableName: stores.claims.tableName,
      LedgerTableName: stores.ledger.tableName,
      BudgetsTableName: stores.budgets.tableName,
      BlobBucketName: stores.blobs.bucketName,
      ArchiveBucketName: stores.archive.bucketName,
      MemoryFunctionName: memory.lambda.fn.functionName,
      TenantsFunctionName: tenants.lambda.fn.functionName,
      MessageKeysTableName: messageKeys.table.tableName,
      MemoryBucketName: memory.snapshots.bucketName,
      CoordinatorFunctionName: this.functions.coordinator.fn.functionName,
      CoordinatorQueueUrl: queues.coordinator.queue.queueUrl,
      IntakeQueueUrl: queues.intake.queue.queueUrl,
      TimersQueueUrl: queues.timers.queue.queueUrl,
      MonitorQueueUrl: queues.monitor.queue.queueUrl,
      AuditQueueUrl: queues.audit.queue.queueUrl,
      AuditBucketName: audit.objects.bucketName,
      AuditTableName: audit.index.tableName,
      AuditFunctionName: audit.lambda.fn.functionName,
      BehaviourTableName: behaviour.table.tableName,
      StreamUrl: `${stream.api.api.apiEndpoint}/v1`,
      StreamApi: stream.api.name,
      StreamsTableName: stream.streams.tableName,
      PeopleTopicArn: topic.topicArn,
      LifecycleArn: lifecycle.stateMachine.stateMachineArn,
      IdentitySettings: identityEnvironment(config)[ENV.identity] ?? '',
      ...(identity.secretArn !== undefined && { SigningKeysSecretArn: identity.secretArn }),
      ...(dashboard && { DashboardName: dashboard.dashboardName }),
    });
  }

  /** Bus → queues → Lambdas, and what they give up on → the dead-letter Lambda. */
  #connect(queues: PlatformQueues, bus: EventBus, deadLettersOfParts: Readonly<Record<string, IQueue>>): void {
    const { intake, coordinator, timers, monitor, deadLetters } = this.functions;
    const feed = (name: string, { fn }: PlatformFunction, { queue }: QueueWithDlq, maxConcurrency: number) =>
      queueSource(this, `${name}Source`, { target: fn, queue, batchSize: BATCH, maxConcurrency });
    feed('Intake', intake, queues.intake, 10);
    feed('Coordinator', coordinator, queues.coordinator, 100);
    feed('Timers', timers, queues.timers, 5);
    feed('Monitor', monitor, queues.monitor, 5);
    const listen = (name: string, events: readonly string[], { queue }: QueueWithDlq, description: string) =>
      new ChannelSubscription(this, name, { bus, events, queue, undelivered: queues.undelivered.queue, description });
    listen(
      'Requests',
      BUS_READERS.intake,
      queues.intake,
      'Requests to run and to cancel workflows, and what runs wait for',
    );
    listen(
      'Watched',
      BUS_READERS.monitor,
      queues.monitor,
      'What agents say of themselves and of their work, and people of agents',
    );
    new DeadLetterFeed(this, 'DeadLetterFeed', {
      deadLetters,
      queues: {
        Coordinator: queues.coordinator.deadLetters,
        Intake: queues.intake.deadLetters,
        Timers: queues.timers.deadLetters,
        Monitor: queues.monitor.deadLetters,
        Audit: queues.audit.deadLetters,
        ...deadLettersOfParts,
        Undelivered: queues.undelivered.queue,
      },
    });
  }

  #schedule(id: string, { fn }: PlatformFunction, queues: PlatformQueues, minutes = 1): void {
    const rule = new Rule(this, id, { schedule: Schedule.rate(Duration.minutes(minutes)) });
    rule.addTarget(
      new LambdaFunction(fn, {
        deadLetterQueue: queues.undelivered.queue,
        retryAttempts: 0,
        maxEventAge: Duration.minutes(1),
      }),
    );
  }
}
