import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import { BUS_READERS } from '../../lambdas/contracts/bus-events.ts';
import type { Assets } from '../bundling/assets.ts';
import type { Config } from '../config.ts';
import type { AgentSurroundings } from '../constructs/agent-reach.ts';
import { ChannelSubscription } from '../constructs/channel-subscription.ts';
import { DeadLetterFeed } from '../constructs/dead-letter-feed.ts';
import { MusterBus } from '../constructs/event-bus.ts';
import { Lifecycle } from '../constructs/lifecycle.ts';
import { PeopleTopic } from '../constructs/people-topic.ts';
import type { PlatformFunction } from '../constructs/platform-function.ts';
import { queueSource } from '../constructs/queue-source.ts';
import type { QueueWithDlq } from '../constructs/queue-with-dlq.ts';
import { addOutputs } from './outputs.ts';
import { PlatformAlarms } from './platform-alarms.ts';
import { PlatformDashboard } from './platform-dashboard.ts';
import { PlatformFunctions } from './platform-functions.ts';
import { PlatformMemory } from './platform-memory.ts';
import { PlatformQueues } from './platform-queues.ts';
import { PlatformStores } from './platform-stores.ts';

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
    this.functions = new PlatformFunctions(this, 'Lambdas', { config, assets, stores, queues, bus, lifecycle });
    const memory = new PlatformMemory(this, 'Memory', {
      ...{ config, assets, stores },
      undelivered: queues.undelivered.queue,
    });
    this.#connect(queues, bus);
    const { topic } = new PeopleTopic(this, 'People', { config, bus, undelivered: queues.undelivered.queue });
    this.#schedule('SweeperEachMinute', this.functions.sweeper, queues);
    this.#schedule('MonitorEachMinute', this.functions.monitorSchedule, queues);
    this.#schedule('ArchiverEachHour', this.functions.archiver, queues, 60);
    this.#schedule('MemoryEachHour', memory.lambda, queues, 60);
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
      coordinatorQueue: queues.coordinator.queue,
      memory: memory.lambda.fn,
    };
    addOutputs(this, {
      BusName: bus.eventBusName,
      StateTableName: stores.state.tableName,
      RegistryTableName: stores.registry.tableName,
      ClaimsTableName: stores.claims.tableName,
      LedgerTableName: stores.ledger.tableName,
      BudgetsTableName: stores.budgets.tableName,
      BlobBucketName: stores.blobs.bucketName,
      ArchiveBucketName: stores.archive.bucketName,
      MemoryFunctionName: memory.lambda.fn.functionName,
      MemoryBucketName: memory.snapshots.bucketName,
      CoordinatorFunctionName: this.functions.coordinator.fn.functionName,
      CoordinatorQueueUrl: queues.coordinator.queue.queueUrl,
      IntakeQueueUrl: queues.intake.queue.queueUrl,
      TimersQueueUrl: queues.timers.queue.queueUrl,
      MonitorQueueUrl: queues.monitor.queue.queueUrl,
      PeopleTopicArn: topic.topicArn,
      LifecycleArn: lifecycle.stateMachine.stateMachineArn,
      ...(dashboard && { DashboardName: dashboard.dashboardName }),
    });
  }

  /** Bus → queues → Lambdas, and what they give up on → the dead-letter Lambda. */
  #connect(queues: PlatformQueues, bus: EventBus): void {
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
