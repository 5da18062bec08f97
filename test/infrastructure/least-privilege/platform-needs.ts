import { BREAKERS } from '../../../lambdas/adapters/items/breaker-items.ts';
import { HOLDS, parametersKey, SET } from '../../../lambdas/adapters/items/control-items.ts';
import { TOKEN_KEYS } from '../../../lambdas/adapters/items/identity-items.ts';
import { definitionKey } from '../../../lambdas/adapters/items/registry-items.ts';
import { MEMORY_PASSES, runKey } from '../../../lambdas/adapters/items/table-layout.ts';
import { earlyKey, openRunsKey } from '../../../lambdas/adapters/items/tenant-items.ts';
import type { Config } from '../../../lib/config.ts';
import { bucketNeeds } from './agent-needs.ts';
import { type Needs, together } from './compare.ts';
import { DOORS, FRONT_DOOR_LAMBDAS } from './front-door-needs.ts';
import { bodyKeyNeeds, CHECKS, opens, seals, signs } from './message-needs.ts';
import { FOLLOWED, STREAM_LAMBDAS } from './stream-needs.ts';
import { hears, isLambda, speaksAs, takesFrom, tlsOnly, traces, undelivered, under, usesKey } from './words.ts';

const BODIES = 's3:GetObject PutObject on StoresBlobs/*';
const READS_ARCHIVE = 's3:GetObject on StoresArchive/*';
const TELLS = 'sqs:SendMessage on QueuesCoordinator';
const TELLS_AUDIT = 'sqs:SendMessage on QueuesAudit';
/** Who is called by a schedule or by CloudFormation says there what it failed at. */
const FAILS = 'sqs:SendMessage on QueuesUndelivered';
const READS_REGISTRY = 'dynamodb:GetItem Query on StoresRegistry';
const BY_WAKE = 'StoresState/index/by_wake';
/** Rows of runs and flows: their records, journals, snapshots and signs of life. */
const RUNS = runKey('*');
/** What a run is counted by among those of its tenant. */
const OPEN = openRunsKey('*');
/** What agents say of themselves, and how they are. */
const LOAD = 'LOAD';

/** What each Lambda of the platform needs beside being one, by the name of its part. */
const LAMBDAS: Readonly<Record<string, (config: Config) => readonly string[]>> = {
  LambdasIntake: (config) => [
    takesFrom('QueuesIntake'),
    'sqs:SendMessage on QueuesCoordinator, QueuesIntake, QueuesAudit',
    `dynamodb:GetItem PutItem on StoresState when ${under(RUNS, OPEN, earlyKey('*'))}`,
    `dynamodb:DeleteItem on StoresState when ${under(OPEN)}`,
    `dynamodb:Query on StoresState when ${under(RUNS, OPEN)}`,
    `dynamodb:Query on ${BY_WAKE}`,
    READS_REGISTRY,
    'dynamodb:BatchGetItem on StoresRegistry',
    `dynamodb:PutItem on StoresRegistry when ${under(HOLDS)}`,
    speaksAs('muster.platform', config),
    'states:StartExecution on Lifecycle',
    signs('intake'),
    CHECKS,
    ...seals(config, ['coordinator']),
    BODIES,
    READS_ARCHIVE,
  ],
  LambdasCoordinator: (config) => [
    takesFrom('QueuesCoordinator'),
    'sqs:SendMessage on QueuesCoordinator, QueuesTimers, QueuesAudit',
    'dynamodb:GetItem PutItem UpdateItem DeleteItem Query on StoresState',
    READS_REGISTRY,
    `dynamodb:PutItem on StoresRegistry when ${under(BREAKERS)}`,
    `dynamodb:PutItem on StoresBudgets when ${under('STOP#*')}`,
    `dynamodb:GetItem UpdateItem on StoresBudgets when ${under('ACCOUNT#*')}`,
    speaksAs('muster.platform', config),
    'states:SendTaskSuccess SendTaskFailure on Lifecycle',
    signs('coordinator'),
    ...FOLLOWED,
    CHECKS,
    ...seals(config),
    ...opens(config, ['coordinator']),
    BODIES,
    READS_ARCHIVE,
  ],
  LambdasTimers: () => [
    takesFrom('QueuesTimers'),
    'sqs:SendMessage on QueuesCoordinator, QueuesTimers, QueuesAudit',
    signs('timers'),
    CHECKS,
  ],
  LambdasSweeper: (config) => [
    `dynamodb:Query on ${BY_WAKE}`,
    `dynamodb:GetItem PutItem DeleteItem on StoresState when ${under(RUNS)}`,
    TELLS,
    FAILS,
    signs('sweeper'),
    ...seals(config, ['coordinator']),
    BODIES,
  ],
  LambdasDeadLetters: (config) => [
    takesFrom(
      ...['QueuesCoordinatorDeadLetters', 'QueuesIntakeDeadLetters', 'QueuesTimersDeadLetters'],
      ...['QueuesMonitorDeadLetters', 'QueuesAuditDeadLetters', 'StreamToldDeadLetters'],
      ...['BehaviourQueueDeadLetters', 'QueuesUndelivered'],
    ),
    `dynamodb:GetItem PutItem on StoresState when ${under('PARKED*')}`,
    TELLS,
    TELLS_AUDIT,
    signs('dead-letters'),
    CHECKS,
    ...seals(config, ['coordinator']),
    // It parks whatever it gets, and must tell whose it was.
    ...opens(config),
    speaksAs('muster.platform', config),
    BODIES,
  ],
  LambdasMonitor: (config) => [
    takesFrom('QueuesMonitor'),
    'dynamodb:Query on StoresRegistry',
    `dynamodb:UpdateItem on StoresRegistry when ${under(LOAD)}`,
    `dynamodb:GetItem PutItem on StoresRegistry when ${under(SET, parametersKey('*'))}`,
    `dynamodb:PutItem on StoresState when ${under(RUNS)}`,
    CHECKS,
    TELLS_AUDIT,
    speaksAs('muster.platform', config),
  ],
  LambdasMonitorSchedule: (config) => [
    'dynamodb:Query on StoresRegistry',
    `dynamodb:UpdateItem on StoresRegistry when ${under(LOAD)}`,
    speaksAs('muster.platform', config),
    FAILS,
  ],
  LambdasRegistrar: () => [
    READS_REGISTRY,
    `dynamodb:PutItem on StoresRegistry when ${under('AGENT', 'DEFS', definitionKey('*'))}`,
    `dynamodb:DeleteItem on StoresRegistry when ${under('AGENT', LOAD)}`,
    FAILS,
    BODIES,
  ],
  LambdasArchiver: () => [
    `dynamodb:Query on ${BY_WAKE}`,
    `dynamodb:GetItem PutItem UpdateItem DeleteItem Query on StoresState when ${under(RUNS)}`,
    FAILS,
    's3:GetObject on StoresBlobs/*',
    's3:GetObject PutObject on StoresArchive/*',
  ],
  AuditLambda: (config) => [
    takesFrom('QueuesAudit'),
    'dynamodb:GetItem PutItem on AuditIndex',
    's3:GetObject PutObject on AuditObjects/*',
    's3:ListBucket on AuditObjects',
    // Journals, wherever they lie by now.
    `dynamodb:Query on StoresState when ${under(RUNS)}`,
    's3:GetObject on StoresBlobs/*, StoresArchive/*',
    'sqs:SendMessage on Behaviour',
    speaksAs('muster.platform', config),
    CHECKS,
  ],
  BehaviourLambda: (config) => [
    takesFrom('Behaviour'),
    'dynamodb:GetItem PutItem DeleteItem Query on Behaviour',
    'dynamodb:GetItem on AuditIndex',
    's3:GetObject on AuditObjects/*',
    's3:ListBucket on AuditObjects',
    'dynamodb:Query on StoresRegistry',
    // Of an erased tenant nothing is learned.
    `dynamodb:GetItem on StoresRegistry when ${under('TENANT')}`,
    TELLS_AUDIT,
    speaksAs('muster.platform', config),
  ],
  BehaviourSchedule: () => ['dynamodb:Query on AuditIndex', 'sqs:SendMessage on Behaviour', FAILS],
  AuditCheckpoint: () => ['dynamodb:Query on AuditIndex', TELLS_AUDIT, FAILS],
  MemoryLambda: () => [
    // The last two are for erasing a tenant.
    'dynamodb:GetItem PutItem UpdateItem DeleteItem ConditionCheckItem BatchWriteItem Scan on MemoryMemories',
    'dynamodb:Query on MemoryMemories, MemoryMemories/index/by_version',
    'dynamodb:GetItem BatchGetItem PutItem DeleteItem Query on MemoryKeys',
    's3:GetObject PutObject DeleteObject on MemorySnapshots/*',
    's3:ListBucket on MemorySnapshots',
    'dynamodb:Query on StoresRegistry',
    `dynamodb:GetItem on StoresState when ${under(MEMORY_PASSES)}`,
    FAILS,
  ],
};

/** Those that there are only where Muster itself issues the tokens. */
const EMBEDDED: typeof LAMBDAS = {
  IdentityRotation: () => [
    'secretsmanager:GetSecretValue PutSecretValue on IdentitySigningKeys.Id',
    `dynamodb:GetItem PutItem on StoresRegistry when ${under(TOKEN_KEYS)}`,
    TELLS_AUDIT,
    FAILS,
  ],
};

/** Who is called by a schedule, and by which. */
const SCHEDULES: Readonly<Record<string, string>> = {
  SweeperEachMinute: 'LambdasSweeper',
  MonitorEachMinute: 'LambdasMonitorSchedule',
  ArchiverEachHour: 'LambdasArchiver',
  MemoryEachHour: 'MemoryLambda',
  AuditEachHour: 'AuditCheckpoint',
  BehaviourEachFiveMinutes: 'BehaviourSchedule',
  StreamEachMinute: 'StreamCloser',
  TenantsEachQuarter: 'TenantsLambda',
};

/** Queues, and the rules of the bus that put events on them. */
const QUEUES: Readonly<Record<string, readonly string[]>> = {
  QueuesCoordinator: [],
  QueuesIntake: ['RequestsRule'],
  QueuesTimers: [],
  QueuesMonitor: ['WatchedRule'],
  QueuesAudit: ['AuditBetweenAgents'],
  StreamTold: ['StreamRule'],
};

/** What the platform needs, whatever agents there are: written by hand, to be held against what the stacks give. */
export function platformNeeds(config: Config): Needs {
  const isIssuer = config.identity.mode === 'embedded';
  const schedules = { ...SCHEDULES, ...(isIssuer && { IdentityEachHour: 'IdentityRotation' }) };
  const rules = [...Object.values(QUEUES).flat(), 'PeopleRule', ...Object.keys(schedules)];
  return together(
    DOORS,
    {
      'policy of Behaviour': tlsOnly('sqs:*', config),
      'policy of BehaviourQueueDeadLetters': tlsOnly('sqs:*', config),
    },
    ...Object.entries({ ...LAMBDAS, ...STREAM_LAMBDAS, ...FRONT_DOOR_LAMBDAS, ...(isIssuer && EMBEDDED) }).map(
      ([name, needs]) => ({
        [`code of ${name}`]: [`runs as ${name}Role`],
        [`${name}Role`]: [...isLambda(name, config), ...needs(config)],
      }),
    ),
    ...Object.entries(schedules).map(([rule, lambda]) => ({
      [`callers of ${lambda}`]: [`events.amazonaws.com may lambda:InvokeFunction for ${rule}`],
    })),
    ...Object.entries(QUEUES).map(([queue, heard]) => ({
      [`policy of ${queue}`]: [...tlsOnly('sqs:*', config), ...hears(config, ...heard)],
      [`policy of ${queue}DeadLetters`]: tlsOnly('sqs:*', config),
    })),
    {
      LifecycleRole: ['states.amazonaws.com may sts:AssumeRole', TELLS, ...traces(config), ...usesKey(config)],
      'policy of QueuesUndelivered': [...tlsOnly('sqs:*', config), ...undelivered(...rules)],
      // EventBridge takes no condition in the policy of a topic.
      'policy of People': [...tlsOnly('sns:Publish', config, '*'), 'events.amazonaws.com may sns:Publish on itself'],
    },
    bodyKeyNeeds(config),
    bucketNeeds('AuditObjects', config.audit.lock === 'none' ? config : { ...config, removal: 'retain' }),
    // What is in a chain is written once, whoever writes.
    config.target === 'aws'
      ? {
          'policy of AuditObjects': [
            'never: AWS * may s3:PutObject on AuditObjects/chains/* when Null s3:if-none-match true',
          ],
        }
      : {},
    ...['StoresBlobs', 'StoresArchive', 'MemorySnapshots'].map((bucket) => bucketNeeds(bucket, config)),
  );
}
