import { Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnAlias, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { PLATFORM_SOURCE } from '../../lambdas/contracts/bus-events.ts';
import { ENV } from '../../lambdas/contracts/environment.ts';
import { PEOPLE_DOOR } from '../../lambdas/contracts/memory.ts';
import { TENANTS_DOOR } from '../../lambdas/contracts/tenants.ts';
import { acknowledgeKeys } from '../constructs/acknowledge.ts';
import { FunctionAlarms } from '../constructs/function-alarms.ts';
import {
  itemsOf,
  itemsUnder,
  listingOf,
  objectsOf,
  publishOn,
  queriesOf,
  removalsOf,
  scanOf,
  sendTo,
} from '../constructs/grants.ts';
import { PlatformFunction } from '../constructs/platform-function.ts';
import { supports } from '../emulator-gaps.ts';
import type { PlatformPartProps } from './platform-part.ts';
import { BY_WAKE } from './platform-stores.ts';

export interface PlatformTenantsProps extends PlatformPartProps {
  readonly streams: Table;
  readonly behaviour: Table;
  readonly memory: IFunction;
}

const TIMEOUT_SECONDS = 900;

/** The one Lambda that writes of tenants, and the only one that may look through everything: to export and erase them. */
export class PlatformTenants extends Construct {
  readonly lambda: PlatformFunction;

  constructor(scope: Construct, id: string, props: PlatformTenantsProps) {
    super(scope, id);
    const { config, assets, stores, streams, behaviour, queues, bus, memory } = props;
    const { state, registry, claims, ledger, budgets, blobs, archive } = stores;
    this.lambda = new PlatformFunction(this, 'Lambda', {
      config,
      assets,
      entry: 'lambdas/platform/tenants/handler.ts',
      description: 'Keeps plans and limits of tenants, exports them and erases them',
      timeoutSeconds: TIMEOUT_SECONDS,
      memoryMb: 1_024,
      failedInvocations: queues.undelivered.queue,
      environment: {
        [ENV.tenancy]: JSON.stringify(config.tenancy),
        [ENV.stateTable]: state.tableName,
        [ENV.registryTable]: registry.tableName,
        [ENV.claimsTable]: claims.tableName,
        [ENV.ledgerTable]: ledger.tableName,
        [ENV.budgetsTable]: budgets.tableName,
        [ENV.streamsTable]: streams.tableName,
        [ENV.behaviourTable]: behaviour.tableName,
        [ENV.blobBucket]: blobs.bucketName,
        [ENV.archiveBucket]: archive.bucketName,
        [ENV.busName]: bus.eventBusName,
        [ENV.memoryFunction]: memory.functionName,
        [ENV.auditQueue]: queues.audit.queue.queueUrl,
      },
    });
    const { partition, region, account } = Stack.of(this);
    this.lambda.allow(
      ...[state, claims, ledger, budgets, streams, behaviour].flatMap((table) => [
        scanOf(table),
        itemsOf(table, 'BatchWrite'),
      ]),
      scanOf(registry),
      itemsUnder(registry, ['HOLD'], 'BatchWrite'),
      // Runs with all that is written of them, and what stays: that they were this tenant's.
      itemsOf(state, 'Get', 'Put'),
      queriesOf(state),
      queriesOf(state, BY_WAKE.indexName),
      // What tenants follow is in one row of all.
      itemsUnder(streams, ['WATCHES'], 'Get', 'Update'),
      // What is written of tenants.
      itemsUnder(registry, ['TENANT'], 'Get', 'Put'),
      queriesOf(registry),
      ...[blobs, archive].flatMap((bucket) => [listingOf(bucket), removalsOf(bucket)]),
      objectsOf(blobs, 'read-write'),
      objectsOf(archive, 'read'),
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: [`arn:${partition}:lambda:${region}:${account}:function:${memory.functionName}:${PEOPLE_DOOR}`],
      }),
      publishOn(bus, supports(config, 'sourceCondition') ? PLATFORM_SOURCE : undefined),
      sendTo(queues.audit.queue),
    );
    acknowledgeKeys(this.lambda.role, blobs);
    acknowledgeKeys(this.lambda.role, archive);
    new CfnAlias(this, 'Door', {
      functionName: this.lambda.fn.functionName,
      functionVersion: '$LATEST',
      name: TENANTS_DOOR,
      description: 'The way of people to what is written of tenants',
    });
    new FunctionAlarms(this.lambda, 'Alarms', {
      config,
      owner: 'the platform’s Tenants',
      errorImpact: 'Plans of tenants can not be changed, and exports and erasures wait.',
      fn: this.lambda.fn,
      timeoutSeconds: TIMEOUT_SECONDS,
      errorsHeading: 'a-platform-lambda-fails',
    });
  }
}
