import { HOLDS } from '../../../lambdas/adapters/items/control-items.ts';
import { runKey } from '../../../lambdas/adapters/items/table-layout.ts';
import type { Config } from '../../../lib/config.ts';
import type { Needs } from './compare.ts';
import { CHECKS } from './message-needs.ts';
import { CHECKS_TOKENS } from './stream-needs.ts';
import { speaksAs, under } from './words.ts';

const people = (lambda: string): string =>
  `lambda:InvokeFunction on arn:lambda:REGION:ACCOUNT:function:${lambda}:people`;

/** Everything that has rows of tenants. */
const TABLES = ['StoresState', 'StoresClaims', 'StoresLedger', 'StoresBudgets', 'StreamStreams', 'Behaviour'];

export const FRONT_DOOR_LAMBDAS: Readonly<Record<string, (config: Config) => readonly string[]>> = {
  /** Reads what the command line reads, and asks for everything else by events; it writes rates alone. */
  ApiLambda: (config) => [
    ...CHECKS_TOKENS,
    // Agents sign their tokens themselves.
    CHECKS,
    `dynamodb:GetItem on StoresState when ${under(runKey('*'), 'PARKED*')}`,
    `dynamodb:Query on StoresState when ${under(runKey('*'), 'FLOWS#*', 'PARKED*')}`,
    'dynamodb:Query on StoresState/index/by_tenant, StoresState/index/by_correlation',
    's3:GetObject on StoresBlobs/*, StoresArchive/*',
    'dynamodb:GetItem BatchGetItem Query on StoresRegistry',
    `dynamodb:UpdateItem on StoresBudgets when ${under('LIMIT#*')}`,
    'sqs:GetQueueAttributes on QueuesIntake, QueuesCoordinator, QueuesTimers, QueuesAudit',
    'sqs:SendMessage on QueuesAudit',
    speaksAs('muster.api', config),
    people('MemoryLambda'),
    people('TenantsLambda'),
  ],
  /** The only one that looks through everything: to export a tenant and to erase it. */
  TenantsLambda: (config) => [
    `dynamodb:Scan BatchWriteItem on ${TABLES.join(', ')}`,
    // Of the registry, what holds tenants up is theirs.
    'dynamodb:Scan on StoresRegistry',
    `dynamodb:BatchWriteItem on StoresRegistry when ${under(HOLDS)}`,
    'dynamodb:GetItem PutItem Query on StoresState',
    'dynamodb:Query on StoresState/index/by_wake',
    `dynamodb:GetItem UpdateItem on StreamStreams when ${under('WATCHES')}`,
    `dynamodb:GetItem PutItem on StoresRegistry when ${under('TENANT')}`,
    'dynamodb:Query on StoresRegistry',
    's3:ListBucket on StoresBlobs, StoresArchive',
    's3:DeleteObject on StoresBlobs/*, StoresArchive/*',
    's3:GetObject PutObject on StoresBlobs/*',
    's3:GetObject on StoresArchive/*',
    people('MemoryLambda'),
    speaksAs('muster.platform', config),
    'sqs:SendMessage on QueuesAudit, QueuesUndelivered',
  ],
};

const from = (where: string): string =>
  `apigateway.amazonaws.com may lambda:InvokeFunction for arn:execute-api:REGION:ACCOUNT:${where}`;

/** What the internet reaches: two Lambdas, which ask everybody for a token themselves. */
export const DOORS: Needs = {
  'internet to ApiHttpApi': ['$default by NONE to integrations/ApiHttpIntegration'],
  'internet to StreamWebSocketApi': [
    '$connect by NONE to integrations/StreamWebSocketApiconnectRouteOnConnect',
    '$disconnect by NONE to integrations/StreamWebSocketApidisconnectRouteOnDisconnect',
    '$default by NONE to integrations/StreamWebSocketApidefaultRouteOnMessage',
  ],
  'callers of ApiLambda': [from('ApiHttpApi/*/$default')],
  'callers of StreamSockets': ['$connect', '$disconnect', '$default'].map((route) =>
    from(`StreamWebSocketApi/*${route}`),
  ),
};
