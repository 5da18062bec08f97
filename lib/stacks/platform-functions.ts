import { Stack } from 'aws-cdk-lib';
import type { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { PLATFORM_SOURCE } from '../../lambdas/contracts/bus-events.ts';
import { ENV } from '../../lambdas/contracts/environment.ts';
import { acknowledgeKeys } from '../constructs/acknowledge.ts';
import { FunctionAlarms } from '../constructs/function-alarms.ts';
import {
  answerTokens,
  itemsOf,
  itemsUnder,
  type ObjectAccess,
  objectsOf,
  publishOn,
  queriesOf,
  queriesUnder,
  receiveFrom,
  sendTo,
  startExecutions,
} from '../constructs/grants.ts';
import type { Lifecycle } from '../constructs/lifecycle.ts';
import {
  type MessageKeys,
  messageEnvironment,
  type PlatformMessages,
  platformMessageStatements,
} from '../constructs/message-keys.ts';
import { PlatformFunction } from '../constructs/platform-function.ts';
import { DEAD_LETTER_TIMEOUT_SECONDS } from '../constructs/queue-with-dlq.ts';
import { supports } from '../emulator-gaps.ts';
import type { PlatformPartProps } from './platform-part.ts';
import { TIMEOUTS } from './platform-queues.ts';
import { BY_WAKE } from './platform-stores.ts';

export interface PlatformFunctionsProps extends PlatformPartProps {
  readonly lifecycle: Lifecycle;
  readonly messageKeys: MessageKeys;
}

/** The thread in which expressions are checked and evaluated, beside the handlers that do. */
const EXPRESSIONS = { 'expression-worker': 'lambdas/adapters/expressions/worker.ts' };

interface Part extends PlatformMessages {
  /** From `lambdas/platform/`. */
  readonly entry: string;
  readonly extraEntries?: Readonly<Record<string, string>>;
  readonly description: string;
  readonly errorImpact: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly may: readonly PolicyStatement[];
  /** What it may do with blobs. Default: nothing. */
  readonly bodies?: ObjectAccess;
  /** What it may do with archived journals. Default: nothing. */
  readonly archive?: ObjectAccess;
  /** Called by a schedule or by CloudFormation, not through a queue of its own. Default: false. */
  readonly asynchronous?: boolean;
}

/** The platform's Lambdas, and what each may do. */
export class PlatformFunctions extends Construct {
  readonly intake: PlatformFunction;
  readonly coordinator: PlatformFunction;
  readonly timers: PlatformFunction;
  readonly sweeper: PlatformFunction;
  readonly deadLetters: PlatformFunction;
  readonly monitor: PlatformFunction;
  readonly monitorSchedule: PlatformFunction;
  readonly registrar: PlatformFunction;
  readonly archiver: PlatformFunction;
  readonly #props: PlatformFunctionsProps;
  readonly #environment: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, props: PlatformFunctionsProps) {
    super(scope, id);
    this.#props = props;
    const { config, stores, queues, bus, lifecycle } = props;
    const { state, registry, budgets, blobs, archive } = stores;
    this.#environment = {
      [ENV.stateTable]: state.tableName,
      [ENV.registryTable]: registry.tableName,
      [ENV.budgetsTable]: budgets.tableName,
      [ENV.blobBucket]: blobs.bucketName,
      [ENV.archiveBucket]: archive.bucketName,
      [ENV.archiveAfterDays]: String(config.archiveAfterDays),
      [ENV.tenancy]: JSON.stringify(config.tenancy),
      [ENV.busName]: bus.eventBusName,
      [ENV.coordinatorQueue]: queues.coordinator.queue.queueUrl,
      [ENV.timersQueue]: queues.timers.queue.queueUrl,
      [ENV.intakeQueue]: queues.intake.queue.queueUrl,
      [ENV.auditQueue]: queues.audit.queue.queueUrl,
      [ENV.quarantine]: JSON.stringify(config.quarantine),
      [ENV.lifecycleArn]: lifecycle.stateMachine.stateMachineArn,
      ...messageEnvironment(props),
    };
    const publish = publishOn(bus, supports(config, 'sourceCondition') ? PLATFORM_SOURCE : undefined);
    const tellCoordinator = sendTo(queues.coordinator.queue);
    const readRegistry = [itemsOf(registry, 'Get'), queriesOf(registry)];

    this.intake = this.#make('Intake', {
      entry: 'intake/handler.ts',
      extraEntries: EXPRESSIONS,
      description: 'Checks requests, gives each run its identity and starts it',
      errorImpact: 'Whoever asks for a workflow hears nothing: no run starts.',
      timeoutSeconds: TIMEOUTS.intake,
      memoryMb: 512,
      may: [
        receiveFrom(queues.intake.queue),
        // To itself: requests about more runs than one invocation can tell.
        sendTo(queues.coordinator.queue, queues.intake.queue, queues.audit.queue),
        // Runs, and how many of them each tenant has open.
        itemsUnder(state, ['RUN#*', 'OPEN#*', 'EARLY#*'], 'Get', 'Put'),
        // All open runs, those of a tenant, and the journals of runs that are forked.
        queriesOf(state, BY_WAKE.indexName),
        queriesUnder(state, ['RUN#*', 'OPEN#*']),
        // Of its tenant's open runs, those that are none.
        itemsUnder(state, ['OPEN#*'], 'Delete'),
        ...readRegistry,
        itemsOf(registry, 'BatchGet'),
        itemsUnder(registry, ['HOLD'], 'Put'),
        publish,
        startExecutions(lifecycle.stateMachine.stateMachineArn),
      ],
      bodies: 'read-write',
      // Of what agents put on the bus.
      ...{ signs: 'intake', checks: true, encrypts: 'coordinator' },
      archive: 'read',
    });
    this.coordinator = this.#make('Coordinator', {
      entry: 'coordinator/handler.ts',
      extraEntries: EXPRESSIONS,
      description: 'The only writer of every run: decides, journals, then carries out the effects',
      errorImpact: 'All runs stand still: no task is handed out and no result is taken in.',
      timeoutSeconds: TIMEOUTS.coordinator,
      memoryMb: 1_024,
      may: [
        receiveFrom(queues.coordinator.queue),
        sendTo(queues.coordinator.queue, queues.timers.queue, queues.audit.queue),
        itemsOf(state, 'Get', 'Put', 'Update', 'Delete'),
        queriesOf(state),
        ...readRegistry,
        itemsUnder(registry, ['BREAKER'], 'Put'),
        // Runs whose agents stop, and those that go on.
        itemsUnder(budgets, ['STOP#*'], 'Put'),
        // Budgets that a person has changed.
        itemsUnder(budgets, ['ACCOUNT#*'], 'Get', 'Update'),
        publish,
        answerTokens(supports(config, 'taskTokens') ? lifecycle.stateMachine.stateMachineArn : '*'),
      ],
      bodies: 'read-write',
      ...{ signs: 'coordinator', checks: true, encrypts: 'anybody', opens: 'coordinator' },
      archive: 'read',
    });
    this.timers = this.#make('Timers', {
      entry: 'timers/handler.ts',
      description: 'Wakes runs whose deadline or retry has come',
      errorImpact: 'Retries and deadlines come up to a minute late, when the sweeper wakes their runs.',
      timeoutSeconds: TIMEOUTS.timers,
      memoryMb: 256,
      may: [
        receiveFrom(queues.timers.queue),
        sendTo(queues.coordinator.queue, queues.timers.queue, queues.audit.queue),
      ],
      ...{ signs: 'timers', checks: true },
    });
    this.sweeper = this.#make('Sweeper', {
      entry: 'timers/sweep-handler.ts',
      description: 'Each minute wakes the runs that nobody else woke',
      errorImpact: 'Waits over 15 minutes do not end, and a run whose timer was lost stands still.',
      timeoutSeconds: 50,
      memoryMb: 256,
      may: [queriesOf(state, BY_WAKE.indexName), itemsUnder(state, ['RUN#*'], 'Get', 'Put', 'Delete'), tellCoordinator],
      bodies: 'read-write',
      ...{ signs: 'sweeper', encrypts: 'coordinator' },
      asynchronous: true,
    });
    this.deadLetters = this.#make('DeadLetters', {
      entry: 'dead-letters/handler.ts',
      description: 'Parks messages that were given up on, and tells the coordinator',
      errorImpact: 'Tasks whose message was given up on wait for their timeout, and repair does not see them.',
      timeoutSeconds: DEAD_LETTER_TIMEOUT_SECONDS,
      memoryMb: 256,
      may: [itemsUnder(state, ['PARKED*'], 'Get', 'Put'), tellCoordinator, sendTo(queues.audit.queue), publish],
      bodies: 'read-write',
      // It parks whatever it gets, and must tell whose it was.
      ...{ signs: 'dead-letters', checks: true, encrypts: 'coordinator', opens: 'anybody' },
    });
    this.monitor = this.#make('Monitor', {
      entry: 'monitor/handler.ts',
      description: 'Keeps what agents say of themselves, and the states that people put them in',
      errorImpact:
        'The registry shows old figures of agents; after minutes, agents with much to do are taken for failed.',
      timeoutSeconds: TIMEOUTS.monitor,
      memoryMb: 256,
      checks: true,
      may: [
        receiveFrom(queues.monitor.queue),
        sendTo(queues.audit.queue),
        queriesOf(registry),
        // Health, and the versions of parameters.
        itemsUnder(registry, ['LOAD'], 'Update'),
        itemsUnder(registry, ['SET', 'SET#*'], 'Get', 'Put'),
        // Signs of life and progress.
        itemsUnder(state, ['RUN#*'], 'Put'),
        publish,
      ],
    });
    this.monitorSchedule = this.#make('MonitorSchedule', {
      entry: 'monitor/schedule-handler.ts',
      description: 'Each minute measures the inboxes and judges the health of each agent',
      errorImpact: 'Nobody hears of agents that fall behind or fail, and the coordinator chooses by old loads.',
      timeoutSeconds: 50,
      memoryMb: 256,
      may: [queriesOf(registry), itemsUnder(registry, ['LOAD'], 'Update'), publish],
      asynchronous: true,
    });
    this.registrar = this.#make('Registrar', {
      entry: 'registrar/handler.ts',
      extraEntries: EXPRESSIONS,
      description: 'Writes agents and workflows into the registry when their stack is deployed',
      errorImpact: 'A deployment fails and rolls back.',
      timeoutSeconds: 60,
      memoryMb: 256,
      may: [
        ...readRegistry,
        itemsUnder(registry, ['AGENT', 'DEFS', 'DEF#*'], 'Put'),
        itemsUnder(registry, ['AGENT', 'LOAD'], 'Delete'),
      ],
      bodies: 'read-write',
      asynchronous: true,
    });
    this.archiver = this.#make('Archiver', {
      entry: 'archiver/schedule-handler.ts',
      description: 'Each hour moves the journals of runs that ended long ago into the archive',
      errorImpact: 'The state table grows; nothing is lost, and nothing is slower.',
      timeoutSeconds: 300,
      memoryMb: 1_024,
      may: [
        queriesUnder(state, ['RUN#*']),
        queriesOf(state, BY_WAKE.indexName),
        itemsUnder(state, ['RUN#*'], 'Get', 'Put', 'Update', 'Delete'),
      ],
      bodies: 'read',
      archive: 'read-write',
      asynchronous: true,
    });
    this.#tellWhoIsWho(lifecycle);
  }

  /** The coordinator holds the name in a message against the role that sent it. */
  #tellWhoIsWho({ role }: Lifecycle): void {
    const senders: Readonly<Record<string, Role>> = {
      coordinator: this.coordinator.role,
      intake: this.intake.role,
      timers: this.timers.role,
      sweeper: this.sweeper.role,
      'dead-letters': this.deadLetters.role,
      lifecycle: role,
    };
    const ids = Object.fromEntries(Object.entries(senders).map(([sender, { roleId }]) => [sender, roleId]));
    this.coordinator.fn.addEnvironment(ENV.platformRoles, Stack.of(this).toJsonString(ids));
  }

  #make(id: string, part: Part): PlatformFunction {
    const { config, assets, queues, stores, messageKeys } = this.#props;
    const made = new PlatformFunction(this, id, {
      config,
      assets,
      entry: `lambdas/platform/${part.entry}`,
      ...(part.extraEntries && { extraEntries: part.extraEntries }),
      description: part.description,
      timeoutSeconds: part.timeoutSeconds,
      memoryMb: part.memoryMb,
      environment: this.#environment,
      ...(part.asynchronous && { failedInvocations: queues.undelivered.queue }),
    });
    made.allow(...part.may, ...platformMessageStatements(part, messageKeys));
    if (part.bodies) {
      made.allow(objectsOf(stores.blobs, part.bodies));
      acknowledgeKeys(made.role, stores.blobs);
    }
    if (part.archive) {
      made.allow(objectsOf(stores.archive, part.archive));
      acknowledgeKeys(made.role, stores.archive);
    }
    new FunctionAlarms(made, 'Alarms', {
      config,
      owner: `the platform's ${id}`,
      errorImpact: part.errorImpact,
      fn: made.fn,
      timeoutSeconds: part.timeoutSeconds,
      errorsHeading: 'a-platform-lambda-fails',
    });
    return made;
  }
}
