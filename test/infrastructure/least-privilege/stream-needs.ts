import { REVOKED, TOKEN_KEYS } from '../../../lambdas/adapters/items/identity-items.ts';
import { runKey } from '../../../lambdas/adapters/items/table-layout.ts';
import type { Config } from '../../../lib/config.ts';
import { CHECKS } from './message-needs.ts';
import { speaksAs, takesFrom, under } from './words.ts';

const STREAMS = 'StreamStreams';

/** Telling those who follow a run, and looking whether there are any. */
export const FOLLOWED: readonly string[] = [
  'sqs:SendMessage on StreamTold',
  `dynamodb:GetItem on ${STREAMS} when ${under('WATCH#*', 'WATCHES')}`,
];

/** Whose token was taken back since. */
const CHECKS_REVOKED = `dynamodb:BatchGetItem on StoresRegistry when ${under(REVOKED)}`;

/** Who is let in: the public keys of the issuer, and what was taken back. */
export const CHECKS_TOKENS: readonly string[] = [
  `dynamodb:GetItem on StoresRegistry when ${under(TOKEN_KEYS)}`,
  CHECKS_REVOKED,
];

const CONNECTIONS: readonly string[] = [
  `dynamodb:GetItem PutItem DeleteItem BatchWriteItem Query on ${STREAMS}`,
  ...['POST', 'DELETE'].map(
    (method) =>
      `execute-api:ManageConnections on arn:execute-api:REGION:ACCOUNT:StreamWebSocketApi/v1/${method}/@connections/*`,
  ),
];

/** The Lambdas of the live view. */
export const STREAM_LAMBDAS: Readonly<Record<string, (config: Config) => readonly string[]>> = {
  StreamSockets: (config) => [
    ...CONNECTIONS,
    ...CHECKS_TOKENS,
    `dynamodb:UpdateItem on ${STREAMS} when ${under('WATCHES')}`,
    `dynamodb:UpdateItem on StoresBudgets when ${under('LIMIT#*')}`,
    `dynamodb:GetItem on StoresRegistry when ${under('TENANT')}`,
    `dynamodb:GetItem Query on StoresState when ${under(runKey('*'))}`,
    's3:GetObject on StoresBlobs/*, StoresArchive/*',
    speaksAs('muster.stream', config),
    'sqs:SendMessage on QueuesAudit',
  ],
  StreamTeller: () => [
    takesFrom('StreamTold'),
    ...CONNECTIONS,
    CHECKS_REVOKED,
    'dynamodb:Query on StoresRegistry',
    's3:GetObject on StoresBlobs/*',
    // Who has signed what agents say of their work, and whom to tell when nobody has.
    CHECKS,
    'sqs:SendMessage on QueuesAudit',
  ],
  StreamCloser: () => [
    ...CONNECTIONS.slice(1),
    CHECKS_REVOKED,
    `dynamodb:BatchWriteItem Query on ${STREAMS}`,
    'sqs:SendMessage on QueuesUndelivered',
  ],
};
