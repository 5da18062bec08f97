import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { holdsAgainst } from '../../access/holds-against.ts';
import type { Revocations } from '../../access/ports.ts';
import { SystemError } from '../../contracts/errors.ts';
import type { Clock } from '../../runtime/ports.ts';
import { cached } from '../cached.ts';
import { readText } from '../items/attributes.ts';
import { decodeRevocation, encodeRevocation, revokedSubjectKey, revokedTokenKey } from '../items/identity-items.ts';
import { putNewest } from './put-newest.ts';
import { serviceCall } from './service-failure.ts';

const CODE = 'registry_unavailable';
/** So late may a container hear of what was taken back elsewhere. */
export const REVOCATION_CACHE_MS = 5_000;

/** What was taken back, in the registry table: one read of two rows for each token and five seconds. */
export function dynamoTokenRevocations(client: DynamoDBClient, table: string, clock: Clock): Revocations {
  const read = cached(clock, REVOCATION_CACHE_MS, (_key: string, tokenId: string, tenant: string, sub: string) =>
    serviceCall(CODE, 'reading revoked tokens', async () => {
      const [ofToken, ofSubject] = [revokedTokenKey(tokenId), revokedSubjectKey(tenant, sub)];
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetItemCommand({ RequestItems: { [table]: { Keys: [ofToken, ofSubject], ConsistentRead: true } } }),
      );
      // Half an answer would let in whom the other half keeps out.
      if (Object.keys(UnprocessedKeys ?? {}).length > 0)
        throw new SystemError(CODE, 'revoked tokens are read too often');
      const found = new Map((Responses?.[table] ?? []).map((item) => [readText(item, 'sk'), decodeRevocation(item)]));
      return { token: found.get(ofToken.sk?.S ?? ''), subject: found.get(ofSubject.sk?.S ?? '') };
    }),
  );
  return {
    find: async ({ tokenId, tenant, sub, issuedAt }) => {
      const { token, subject } = await read(JSON.stringify([tokenId, tenant, sub]), tokenId, tenant, sub);
      return holdsAgainst(issuedAt, token, subject);
    },
    revoke: (what, revoked, until) =>
      serviceCall(CODE, 'revoking a token', async () => {
        await putNewest(client, table, encodeRevocation(what, revoked, until));
        read.forget();
      }),
  };
}
