import { randomBytes } from 'node:crypto';
import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateEventBusCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import {
  CreateStateMachineCommand,
  DescribeStateMachineCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
} from '@aws-sdk/client-sfn';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll } from '@jest/globals';
import {
  dynamoClient,
  dynamoClientOnce,
  eventBridgeClient,
  s3Client,
  secretsClient,
  sqsClient,
  stepFunctionsClient,
} from '../../lambdas/adapters/aws/clients.ts';
import { dynamoAccounts } from '../../lambdas/adapters/aws/dynamo-accounts.ts';
import { dynamoBreakers } from '../../lambdas/adapters/aws/dynamo-breakers.ts';
import { dynamoClaims } from '../../lambdas/adapters/aws/dynamo-claims.ts';
import { dynamoFlowDirectory } from '../../lambdas/adapters/aws/dynamo-flow-directory.ts';
import { dynamoHeartbeats } from '../../lambdas/adapters/aws/dynamo-heartbeats.ts';
import { dynamoHolds } from '../../lambdas/adapters/aws/dynamo-holds.ts';
import { dynamoJournal } from '../../lambdas/adapters/aws/dynamo-journal.ts';
import { dynamoMemories } from '../../lambdas/adapters/aws/dynamo-memories.ts';
import { dynamoMemoryKeys } from '../../lambdas/adapters/aws/dynamo-memory-keys.ts';
import { dynamoMemoryPassKey } from '../../lambdas/adapters/aws/dynamo-memory-pass-key.ts';
import { dynamoParameters } from '../../lambdas/adapters/aws/dynamo-parameters.ts';
import { dynamoParkingLot } from '../../lambdas/adapters/aws/dynamo-parking-lot.ts';
import { dynamoRates } from '../../lambdas/adapters/aws/dynamo-rates.ts';
import { dynamoRegistry, dynamoRegistryWriter } from '../../lambdas/adapters/aws/dynamo-registry.ts';
import { dynamoResultCache } from '../../lambdas/adapters/aws/dynamo-result-cache.ts';
import { dynamoRuns } from '../../lambdas/adapters/aws/dynamo-runs.ts';
import { dynamoStepLedger } from '../../lambdas/adapters/aws/dynamo-step-ledger.ts';
import { dynamoStops } from '../../lambdas/adapters/aws/dynamo-stops.ts';
import { dynamoTenantRuns } from '../../lambdas/adapters/aws/dynamo-tenant-runs.ts';
import { dynamoTenants } from '../../lambdas/adapters/aws/dynamo-tenants.ts';
import { eventBridgeBus } from '../../lambdas/adapters/aws/event-bridge-bus.ts';
import { s3Blobs } from '../../lambdas/adapters/aws/s3-blobs.ts';
import { s3MemorySnapshots } from '../../lambdas/adapters/aws/s3-memory-snapshots.ts';
import { s3ObjectStore } from '../../lambdas/adapters/aws/s3-object-store.ts';
import { secretsManagerSecrets } from '../../lambdas/adapters/aws/secrets-manager-secrets.ts';
import { sqsQueues, sqsVisibility } from '../../lambdas/adapters/aws/sqs-queues.ts';
import { stepFunctionsLifecycle } from '../../lambdas/adapters/aws/step-functions-lifecycle.ts';
import { BY_VERSION } from '../../lambdas/adapters/items/memory-items.ts';
import { BY_CORRELATION, BY_TENANT, BY_WAKE } from '../../lambdas/adapters/items/table-layout.ts';
import { systemClock } from '../../lambdas/adapters/system.ts';
import type { QueueRecord } from '../../lambdas/runtime/queue-record.ts';
import { allContracts } from '../unit/adapters/contracts/all-contracts.ts';
import type { PortsUnderTest } from '../unit/adapters/contracts/ports-under-test.ts';

/*
 * The adapters against the local cloud, by the same contracts as the ports in memory. The resources are the test's
 * own, made by API under fresh names.
 */

const endpoint = process.env.MUSTER_TEST_ENDPOINT;
if (!endpoint) {
  throw new Error('MUSTER_TEST_ENDPOINT is not set: it names a running local cloud, such as http://127.0.0.1:4566');
}
process.env.AWS_ACCESS_KEY_ID ??= 'test';
process.env.AWS_SECRET_ACCESS_KEY ??= 'test';
const settings = { region: 'us-east-1', endpoint };
const dynamo = dynamoClient(settings);
const dynamoOnce = dynamoClientOnce(settings);
const sqs = sqsClient(settings);
const eventBridge = eventBridgeClient(settings);
const s3 = s3Client(settings);
const stepFunctions = stepFunctionsClient(settings);
const secretsManager = secretsClient(settings);

const suffix = randomBytes(4).toString('hex');
const state = `contract-state-${suffix}`;
const registry = `contract-registry-${suffix}`;
const claims = `contract-claims-${suffix}`;
const ledger = `contract-ledger-${suffix}`;
const budgets = `contract-budgets-${suffix}`;
const memories = `contract-memories-${suffix}`;
const memoryKeys = `contract-memory-keys-${suffix}`;
const bucket = `contract-blobs-${suffix}`;
const busName = `contract-bus-${suffix}`;
const secret = { name: `contract/secret-${suffix}`, value: 'a value' };

const text = (name: string) => ({ AttributeName: name, AttributeType: 'S' as const });
const keys = (partition: string, sort?: string) => [
  { AttributeName: partition, KeyType: 'HASH' as const },
  ...(sort === undefined ? [] : [{ AttributeName: sort, KeyType: 'RANGE' as const }]),
];

async function createTables(): Promise<void> {
  await dynamo.send(
    new CreateTableCommand({
      TableName: state,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        ...[text('pk'), text('sk'), text(BY_TENANT.partition), text(BY_TENANT.sort), text(BY_WAKE.partition)],
        text(BY_CORRELATION.partition),
        { AttributeName: BY_WAKE.sort, AttributeType: 'N' },
      ],
      KeySchema: keys('pk', 'sk'),
      GlobalSecondaryIndexes: [
        {
          IndexName: BY_TENANT.index,
          KeySchema: keys(BY_TENANT.partition, BY_TENANT.sort),
          Projection: { ProjectionType: 'ALL' },
        },
        {
          IndexName: BY_CORRELATION.index,
          KeySchema: keys(BY_CORRELATION.partition, BY_CORRELATION.sort),
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
        {
          IndexName: BY_WAKE.index,
          KeySchema: keys(BY_WAKE.partition, BY_WAKE.sort),
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    }),
  );
  for (const TableName of [registry, ledger, budgets, memoryKeys]) {
    await dynamo.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [text('pk'), text('sk')],
        KeySchema: keys('pk', 'sk'),
      }),
    );
  }
  await dynamo.send(
    new CreateTableCommand({
      TableName: memories,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [text('pk'), text('sk'), { AttributeName: BY_VERSION.sort, AttributeType: 'N' }],
      KeySchema: keys('pk', 'sk'),
      LocalSecondaryIndexes: [
        {
          IndexName: BY_VERSION.index,
          KeySchema: keys(BY_VERSION.partition, BY_VERSION.sort),
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  await dynamo.send(
    new CreateTableCommand({
      TableName: claims,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [text('pk')],
      KeySchema: keys('pk'),
    }),
  );
}

async function createQueue(name: string, fifo: boolean): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({
      QueueName: `contract-${name}-${randomBytes(4).toString('hex')}${fifo ? '.fifo' : ''}`,
      Attributes: { VisibilityTimeout: '300', ...(fifo && { FifoQueue: 'true' }) },
    }),
  );
  return QueueUrl;
}

async function receive(url: string): Promise<QueueRecord[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ['All'],
    }),
  );
  return Messages.map(({ MessageId = '', Body = '', ReceiptHandle = '', Attributes = {} }) => ({
    id: MessageId,
    body: Body,
    receiptHandle: ReceiptHandle,
    receiveCount: Number(Attributes.ApproximateReceiveCount),
    sentAt: Number(Attributes.SentTimestamp),
    senderId: Attributes.SenderId ?? '',
    groupId: Attributes.MessageGroupId,
  }));
}

/** Events of all sources, as they arrived in the queue behind the bus. */
const arrived: Array<{ source: string; detailType: string; detail: PublishedDetail }> = [];
type PublishedDetail = Awaited<ReturnType<PortsUnderTest['eventsOf']>>[number]['detail'];

async function eventsOf(url: string, source: string, count: number) {
  const found = () => arrived.filter((event) => event.source === source);
  for (let empty = 0; found().length < count && empty < 5; ) {
    const records = await receive(url);
    for (const { body } of records) {
      const event = JSON.parse(body);
      arrived.push({ source: event.source, detailType: event['detail-type'], detail: event.detail });
    }
    empty = records.length === 0 ? empty + 1 : 0;
  }
  return found().map(({ detailType, detail }) => ({ detailType, detail }));
}

/** Where IAM is enforced a state machine has a role that exists: this one does nothing with it. */
async function roleOfDeployed(): Promise<string> {
  const { stateMachines = [] } = await stepFunctions.send(new ListStateMachinesCommand({}));
  const { stateMachineArn } = stateMachines[0] ?? {};
  const { roleArn } = await stepFunctions.send(new DescribeStateMachineCommand({ stateMachineArn }));
  return roleArn ?? '';
}

let ports: PortsUnderTest;

beforeAll(async () => {
  await createTables();
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await secretsManager.send(new CreateSecretCommand({ Name: secret.name, SecretString: secret.value }));
  await eventBridge.send(new CreateEventBusCommand({ Name: busName }));
  const busQueue = await createQueue('bus', false);
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: busQueue, AttributeNames: ['QueueArn'] }),
  );
  const rule = { Name: `contract-${suffix}`, EventBusName: busName };
  const pattern = JSON.stringify({ source: [{ prefix: 'muster.' }] });
  await eventBridge.send(new PutRuleCommand({ ...rule, EventPattern: pattern }));
  const target = { Id: 'queue', Arn: Attributes?.QueueArn };
  await eventBridge.send(new PutTargetsCommand({ Rule: rule.Name, EventBusName: busName, Targets: [target] }));
  const { stateMachineArn = '' } = await stepFunctions.send(
    new CreateStateMachineCommand({
      name: `contract-${suffix}`,
      roleArn: await roleOfDeployed(),
      definition: JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Succeed' } } }),
    }),
  );

  const blobs = s3Blobs(s3, bucket);
  ports = {
    secret,
    blobs,
    journal: dynamoJournal(dynamo, state, blobs),
    flowDirectory: dynamoFlowDirectory(dynamo, state),
    runs: dynamoRuns(dynamo, state),
    freshRegistry: () => dynamoRegistry(dynamo, registry, blobs, systemClock),
    registryWriter: dynamoRegistryWriter(dynamo, registry, blobs),
    freshHolds: () => dynamoHolds(dynamo, registry, systemClock),
    parameters: dynamoParameters(dynamo, registry),
    freshBreakers: () => dynamoBreakers(dynamo, registry, systemClock),
    heartbeats: dynamoHeartbeats(dynamo, state),
    resultCache: dynamoResultCache(dynamo, state),
    claims: dynamoClaims(dynamo, claims),
    ledger: dynamoStepLedger(dynamo, ledger),
    accounts: dynamoAccounts(dynamoOnce, budgets),
    freshRates: () => dynamoRates(dynamo, budgets),
    freshStops: () => dynamoStops(dynamo, { registry, budgets }, systemClock),
    freshTenants: () => dynamoTenants(dynamo, registry, systemClock),
    openRuns: dynamoTenantRuns(dynamo, state),
    parkingLot: dynamoParkingLot(dynamo, state, blobs),
    queues: sqsQueues(sqs),
    visibility: sqsVisibility(sqs),
    objects: s3ObjectStore(s3, bucket),
    secrets: secretsManagerSecrets(secretsManager, systemClock),
    bus: eventBridgeBus(eventBridge, busName),
    memories: dynamoMemories(dynamo, memories, systemClock),
    memoryKeys: dynamoMemoryKeys(dynamo, memoryKeys),
    memorySnapshots: s3MemorySnapshots(s3, bucket),
    freshMemoryPassKey: () => dynamoMemoryPassKey(dynamo, state),
    lifecycle: stepFunctionsLifecycle(stepFunctions, stateMachineArn),
    createQueue: async (kind) => {
      const url = await createQueue('queue', kind === 'fifo');
      return { url, receive: () => receive(url) };
    },
    eventsOf: (source, count) => eventsOf(busQueue, source, count),
    executionsOf: async (runId) => {
      const { executions = [] } = await stepFunctions.send(new ListExecutionsCommand({ stateMachineArn }));
      return executions.filter(({ name }) => name === runId).length;
    },
  };
});

afterAll(async () => {
  for (const table of [state, registry, claims, ledger, budgets, memories, memoryKeys])
    await dynamo.send(new DeleteTableCommand({ TableName: table }));
  for (const client of [dynamo, dynamoOnce, sqs, eventBridge, s3, stepFunctions, secretsManager]) client.destroy();
});

allContracts(() => ports);
