import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { API_SOURCE } from '../../lambdas/contracts/bus-events.ts';
import { ENV } from '../../lambdas/contracts/environment.ts';
import { PEOPLE_DOOR } from '../../lambdas/contracts/memory.ts';
import { TENANTS_DOOR } from '../../lambdas/contracts/tenants.ts';
import { acknowledgeKeys } from '../constructs/acknowledge.ts';
import { FunctionAlarms } from '../constructs/function-alarms.ts';
import {
  itemsOf,
  itemsUnder,
  measure,
  objectsOf,
  publishOn,
  queriesOf,
  queriesUnder,
  sendTo,
} from '../constructs/grants.ts';
import { HttpApi } from '../constructs/http-api.ts';
import { agentTokenEnvironment, identityEnvironment, tokenChecks } from '../constructs/identity.ts';
import { type MessageKeys, readKeys } from '../constructs/message-keys.ts';
import { PlatformFunction } from '../constructs/platform-function.ts';
import { supports } from '../emulator-gaps.ts';
import type { PlatformPartProps } from './platform-part.ts';
import { BY_CORRELATION, BY_TENANT } from './platform-stores.ts';

export interface PlatformApiProps extends PlatformPartProps {
  readonly messageKeys: MessageKeys;
  /** Answers what is remembered of something. */
  readonly memory: IFunction;
  /** Keeps what is written of tenants. */
  readonly tenants: IFunction;
}

/** API Gateway gives up after 30 s; the longest wait in it is 25. */
const TIMEOUT_SECONDS = 29;

/** The HTTP API and the one Lambda behind it: it reads what there is, asks on the bus, and writes nothing else. */
export class PlatformApi extends Construct {
  readonly lambda: PlatformFunction;
  readonly http: HttpApi;

  constructor(
    scope: Construct,
    id: string,
    { config, assets, stores, queues, bus, messageKeys, memory, tenants }: PlatformApiProps,
  ) {
    super(scope, id);
    const { state, registry, budgets, blobs, archive } = stores;
    this.lambda = new PlatformFunction(this, 'Lambda', {
      config,
      assets,
      entry: 'lambdas/platform/api/handler.ts',
      description: 'Answers the HTTP API: who asks, what they may, what they want',
      timeoutSeconds: TIMEOUT_SECONDS,
      memoryMb: 1_024,
      environment: {
        ...identityEnvironment(config),
        ...agentTokenEnvironment(messageKeys),
        [ENV.api]: JSON.stringify(config.api),
        [ENV.tenancy]: JSON.stringify(config.tenancy),
        [ENV.stateTable]: state.tableName,
        [ENV.registryTable]: registry.tableName,
        [ENV.budgetsTable]: budgets.tableName,
        [ENV.blobBucket]: blobs.bucketName,
        [ENV.archiveBucket]: archive.bucketName,
        [ENV.busName]: bus.eventBusName,
        [ENV.memoryFunction]: memory.functionName,
        [ENV.tenantsFunction]: tenants.functionName,
        [ENV.coordinatorQueue]: queues.coordinator.queue.queueUrl,
        [ENV.timersQueue]: queues.timers.queue.queueUrl,
        [ENV.intakeQueue]: queues.intake.queue.queueUrl,
        [ENV.auditQueue]: queues.audit.queue.queueUrl,
      },
    });
    const { partition, region, account } = Stack.of(this);
    this.lambda.allow(
      ...tokenChecks(registry),
      // Agents sign their tokens themselves.
      readKeys(messageKeys),
      // Runs, their journals, flows and dead letters.
      itemsUnder(state, ['RUN#*', 'PARKED*'], 'Get'),
      queriesUnder(state, ['RUN#*', 'FLOWS#*', 'PARKED*']),
      queriesOf(state, BY_TENANT.indexName, BY_CORRELATION.indexName),
      objectsOf(blobs, 'read'),
      objectsOf(archive, 'read'),
      // Agents, definitions, breakers, holds and tenants.
      itemsOf(registry, 'Get', 'BatchGet'),
      queriesOf(registry),
      // How often everybody asks.
      itemsUnder(budgets, ['LIMIT#*'], 'Update'),
      measure(queues.intake.queue, queues.coordinator.queue, queues.timers.queue, queues.audit.queue),
      sendTo(queues.audit.queue),
      publishOn(bus, supports(config, 'sourceCondition') ? API_SOURCE : undefined),
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: [
          `arn:${partition}:lambda:${region}:${account}:function:${memory.functionName}:${PEOPLE_DOOR}`,
          `arn:${partition}:lambda:${region}:${account}:function:${tenants.functionName}:${TENANTS_DOOR}`,
        ],
      }),
    );
    acknowledgeKeys(this.lambda.role, blobs);
    acknowledgeKeys(this.lambda.role, archive);
    this.http = new HttpApi(this, 'Http', {
      ...{ config, fn: this.lambda.fn },
      description: 'Muster: workflows, tasks, agents and decisions over HTTP',
    });
    new FunctionAlarms(this.lambda, 'Alarms', {
      config,
      owner: "the platform's API",
      errorImpact: 'People and services that come over HTTP get no answer; runs go on.',
      fn: this.lambda.fn,
      timeoutSeconds: TIMEOUT_SECONDS,
      errorsHeading: 'a-platform-lambda-fails',
    });
  }
}
