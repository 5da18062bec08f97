import { describe, expect, test } from '@jest/globals';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { ASKS_FOR_ALL, FOR_ALL } from './least-privilege/asks-for-all.ts';
import { grantsOf, grantsOfRole, readable } from './support/policies.ts';
import { ofType, synthesize } from './support/synthesize.ts';

const STAGES = ['local', 'dev', 'prod'];
const environment = { DATABASE_URL: 'reporting/source' };

describe.each(STAGES)('permissions of stage %s', (stage) => {
  const { app, platform, system, all } = synthesize(stage, { environment });
  const secret = 'secret reporting/source-??????';

  test('no action has a wildcard and no resource is only one', () => {
    const grants = ofType(all, 'AWS::IAM::Policy').flatMap(([, properties]) => grantsOf(properties));
    expect(grants.length).toBeGreaterThan(50);
    expect(grants.filter(({ action }) => action.includes('*'))).toEqual([]);
    expect(grants.filter(({ resource }) => resource === '*')).toEqual([]);
    for (const [, role] of ofType(all, 'AWS::IAM::Role')) expect(role.Policies).toBeUndefined();
  });

  test('what a system adds to a role of the platform has a name of its own, so that another system adds to it', () => {
    const added = ofType([...system], 'AWS::IAM::Policy').filter(([, { Roles }]) =>
      /ImportValue/.test(JSON.stringify(Roles)),
    );
    expect(added.map(([, { PolicyName }]) => PolicyName)).toEqual([
      `Muster-${stage}-Sample-assignments`,
      `Muster-${stage}-Sample-measurements`,
      `Muster-${stage}-Sample-quarantine`,
      `Muster-${stage}-Sample-dead-letters`,
    ]);
  });

  test('an agent that asks for everything gets exactly that', () => {
    const inbox = ['SampleGreedyExpress', 'SampleGreedyStandard'];
    const expected = [
      ...['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes', 'ChangeMessageVisibility'].flatMap((action) =>
        inbox.map((queue) => `sqs:${action} on ${queue}`),
      ),
      'sqs:SendMessage on QueuesCoordinator',
      'events:PutEvents on Events',
      's3:GetObject on StoresBlobs/*',
      's3:PutObject on StoresBlobs/*',
      'dynamodb:GetItem on MessagesKeys',
      'dynamodb:PutItem on MessagesKeys',
      'dynamodb:GetItem on StoresClaims',
      'dynamodb:PutItem on StoresClaims',
      'dynamodb:UpdateItem on StoresClaims',
      's3:GetObject on SampleIn/*',
      's3:ListBucket on SampleIn',
      's3:PutObject on SampleOut/*',
      's3:GetObject on SampleBoth/*',
      's3:PutObject on SampleBoth/*',
      's3:ListBucket on SampleBoth',
      `secretsmanager:GetSecretValue on ${secret}`,
      'logs:CreateLogStream on SampleGreedyWorker',
      'logs:PutLogEvents on SampleGreedyWorker',
    ];
    expect(readable(grantsOfRole(system, 'SampleGreedyWorkerRole'))).toEqual(expected.sort());
  });

  test('an agent that asks for nothing gets its inbox, its reports, the bus, bodies, keys and its log', () => {
    const granted = readable(grantsOfRole(system, 'SampleModestWorkerRole'));
    expect(granted.filter((grant) => !/SampleModest(Express|Standard|Worker)$/.test(grant))).toEqual([
      'dynamodb:GetItem on MessagesKeys',
      'dynamodb:PutItem on MessagesKeys',
      'events:PutEvents on Events',
      's3:GetObject on StoresBlobs/*',
      's3:PutObject on StoresBlobs/*',
      'sqs:SendMessage on QueuesCoordinator',
    ]);
  });

  test('an agent speaks on the bus under its own name only, where the bus can tell', () => {
    const conditions = ['SampleGreedy', 'SampleModest'].map((agent) =>
      grantsOfRole(system, `${agent}WorkerRole`)
        .filter(({ action }) => action === 'events:PutEvents')
        .map(({ condition }) => condition),
    );
    const as = (name: string) =>
      stage === 'local' ? [undefined] : [{ StringEquals: { 'events:source': `muster.agent.${name}` } }];
    expect(conditions).toEqual([as('sample-greedy'), as('sample-modest')]);
  });

  test('the platform speaks on the bus under its own name only, where the bus can tell', () => {
    const said = ofType(platform, 'AWS::IAM::Policy').flatMap(([id, properties]) =>
      grantsOf(properties).flatMap((grant) => (grant.action === 'events:PutEvents' ? [{ id, ...grant }] : [])),
    );
    expect(said.length).toBeGreaterThan(2);
    /** Who speaks for those it has let in says so. */
    const sourceOf = (id: string): string =>
      id.startsWith('ApiLambda') ? 'muster.api' : id.startsWith('Stream') ? 'muster.stream' : 'muster.platform';
    for (const { id, condition } of said)
      expect([id, condition]).toEqual([
        id,
        stage === 'local' ? undefined : { StringEquals: { 'events:source': sourceOf(id) } },
      ]);
  });

  test("the coordinator may write to a system's inboxes and see how full they are, the monitor only the latter", () => {
    const inboxes = ['SampleGreedyExpress', 'SampleGreedyStandard', 'SampleModestExpress', 'SampleModestStandard'];
    const onEach = (action: string) => inboxes.map((inbox) => `${action} on ${inbox}`);
    const measures = onEach('sqs:GetQueueAttributes');
    expect(readable(grantsOfAnyRole(system, 'Assignments'))).toEqual([...measures, ...onEach('sqs:SendMessage')]);
    expect(readable(grantsOfAnyRole(system, 'Measurements'))).toEqual(measures);
  });

  test('the coordinator reads the registry and writes no more there than whole rows: the breakers', () => {
    expect(onTable('LambdasCoordinatorRole', 'StoresRegistry')).toEqual(['GetItem', 'PutItem', 'Query']);
    expect(onTable('LambdasCoordinatorRole', 'StoresState')).toEqual([
      ...['DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
    ]);
  });

  test('intake keeps holds, finds open runs by when they want to be woken, and may send itself the rest', () => {
    expect(onTable('LambdasIntakeRole', 'StoresRegistry')).toEqual(['BatchGetItem', 'GetItem', 'PutItem', 'Query']);
    const granted = readable(grantsOfRole(platform, 'LambdasIntakeRole'));
    const resources = JSON.stringify(grantsOfRole(platform, 'LambdasIntakeRole').map(({ resource }) => resource));
    expect(resources.match(/index\/\w+/g)).toEqual(['index/by_wake']);
    expect(granted.filter((grant) => grant.startsWith('sqs:SendMessage'))).toEqual([
      'sqs:SendMessage on QueuesAudit',
      'sqs:SendMessage on QueuesCoordinator',
      'sqs:SendMessage on QueuesIntake',
    ]);
  });

  test('only the bus may publish on the topic for people', () => {
    for (const [, { PolicyDocument: document }] of ofType(platform, 'AWS::SNS::TopicPolicy')) {
      const text = JSON.stringify(document);
      expect(text).toContain('"Service":"events.amazonaws.com"');
      expect(text).toContain('"aws:SecureTransport":"false"');
      expect(text.match(/"Effect":"Allow"/g)).toHaveLength(1);
    }
    expect(ofType(platform, 'AWS::SNS::TopicPolicy')).toHaveLength(1);
  });

  test('the monitor keeps health, parameters and signs of life, and tells of changes', () => {
    expect(onTable('LambdasMonitorRole', 'StoresRegistry')).toEqual(['GetItem', 'PutItem', 'Query', 'UpdateItem']);
    expect(onTable('LambdasMonitorRole', 'StoresState')).toEqual(['PutItem']);
    expect(onTable('LambdasMonitorScheduleRole', 'StoresRegistry')).toEqual(['Query', 'UpdateItem']);
    for (const role of ['LambdasMonitorRole', 'LambdasMonitorScheduleRole'])
      expect(readable(grantsOfRole(platform, role))).toContain('events:PutEvents on Events');
  });

  /** What a role of the platform may do with a table. */
  function onTable(role: string, table: string): string[] {
    return readable(grantsOfRole(platform, role)).flatMap(
      (grant) => new RegExp(`^dynamodb:(\\w+) on ${table}$`).exec(grant)?.slice(1) ?? [],
    );
  }

  test('the rule packs of cdk-nag find nothing', () => {
    for (const pack of [new AwsSolutionsChecks(), new ServerlessChecks()])
      expect(
        pack
          .validateScope(app)
          .violations.map(({ ruleName, violatingResources }) => ({ ruleName, violatingResources })),
      ).toEqual([]);
  });
});

const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
test.each([
  ['that encrypts messages', { messages: { encrypt: true, encryptFor: ['acme'] } }],
  ['with a key of its own for everything', { kmsKeyArn: KEY, messages: { kmsKeyArn: KEY } }],
])(
  'the rule packs of cdk-nag find nothing in a deployment %s, whose audit is locked for good and whose agents ask for all',
  (_, overrides) => {
    const audit = { lock: 'compliance', retentionDays: 3_650, siem: 'both' };
    const { app } = synthesize('prod', { system: ASKS_FOR_ALL, overrides: { ...FOR_ALL, ...overrides, audit } });
    for (const pack of [new AwsSolutionsChecks(), new ServerlessChecks()])
      expect(
        pack.validateScope(app).violations.map(({ ruleName, violatingResources }) => [ruleName, violatingResources]),
      ).toEqual([]);
  },
);

test('a secret that the configuration leaves out is not granted, and its variable is left out', () => {
  const { system } = synthesize('dev');
  expect(JSON.stringify([...system])).not.toContain('secretsmanager:');
  expect(JSON.stringify([...system])).not.toContain('MUSTER_SECRET_');
});

test('with Secrets Manager off no agent is granted a secret', () => {
  const { system } = synthesize('dev', { environment: { ...environment, AWS_SECRETS_MANAGER_ENABLED: 'false' } });
  expect(JSON.stringify([...system])).not.toContain('secretsmanager:');
});

function grantsOfAnyRole(resources: Parameters<typeof grantsOfRole>[0], policy: string) {
  return ofType(resources, 'AWS::IAM::Policy').flatMap(([id, properties]) =>
    id.startsWith(policy) ? grantsOf(properties) : [],
  );
}
