import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { MessageKeys } from '../../runtime/signing/message-keys.ts';
import { text } from '../items/attributes.ts';
import { decodeKey, encodeKey, keyPartition } from '../items/key-items.ts';
import type { ClientSettings } from './clients.ts';
import { type JsonCall, jsonRequests } from './json-request.ts';
import { serviceCall } from './service-failure.ts';
import type { Credentials } from './sign-request.ts';

const CODE = 'keys_unavailable';
const DYNAMO = { name: 'dynamodb', contentType: 'application/x-amz-json-1.0', target: 'DynamoDB_20120810' } as const;

/** What a key's row is made of. */
const Row = z.record(z.string(), z.union([z.object({ S: z.string() }), z.object({ N: z.string() })]));

/** The registry of keys in DynamoDB, by two calls that need no client of the SDK. */
export function messageKeysOf(settings: ClientSettings, table: string, credentials: () => Credentials): MessageKeys {
  return signedMessageKeys(jsonRequests(settings, DYNAMO, credentials), table);
}

export function signedMessageKeys(call: JsonCall, table: string): MessageKeys {
  return {
    publish: (key) =>
      serviceCall(CODE, 'publishing a key', async () => {
        const input = {
          TableName: table,
          Item: encodeKey(key),
          ConditionExpression: 'attribute_not_exists(pk) OR #public = :public',
          ExpressionAttributeNames: { '#public': 'public' },
          ExpressionAttributeValues: { ':public': text(key.public) },
        };
        await call('PutItem', input);
      }),

    find: (sender, kid) =>
      serviceCall(CODE, 'looking up a key', async () => {
        const Key: Record<string, AttributeValue> = { pk: text(keyPartition(sender)), sk: text(kid) };
        const { Item: item } = await call('GetItem', { TableName: table, Key, ConsistentRead: true });
        if (item === undefined) return undefined;
        return decodeKey(Row.parse(item));
      }),
  };
}
