import type { Claims, Clock, ObjectStore, Secrets } from '../../runtime/ports.ts';
import { type ClientSettings, dynamoClient, s3Client, secretsClient } from './clients.ts';
import { dynamoClaims } from './dynamo-claims.ts';
import { s3ObjectStore } from './s3-object-store.ts';
import { secretsManagerSecrets } from './secrets-manager-secrets.ts';

/**
 * What only some agents reach. A handler names those that its manifest needs, so that every other agent's bundle goes
 * without their clients, and its cold start too.
 */
export interface AgentAdapters {
  /** For `reaches.buckets`. */
  readonly buckets?: (settings: ClientSettings) => (bucket: string) => ObjectStore;
  /** For `reaches.secrets`. */
  readonly secrets?: (settings: ClientSettings, clock: Clock) => Secrets;
  /** For `effects: outside`. */
  readonly claims?: (settings: ClientSettings, table: string) => Claims;
}

export const buckets: NonNullable<AgentAdapters['buckets']> = (settings) => {
  const client = s3Client(settings);
  return (bucket) => s3ObjectStore(client, bucket);
};

export const secrets: NonNullable<AgentAdapters['secrets']> = (settings, clock) =>
  secretsManagerSecrets(secretsClient(settings), clock);

export const claims: NonNullable<AgentAdapters['claims']> = (settings, table) =>
  dynamoClaims(dynamoClient(settings), table);
