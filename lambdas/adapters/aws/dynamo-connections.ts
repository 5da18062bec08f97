import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import type { Connections, Subscription } from '../../runtime/stream/stream-ports.ts';
import { sendUntilTaken } from '../batches.ts';
import { type Item, text } from '../items/attributes.ts';
import {
  CONNECTION,
  connectionKey,
  decodeConnection,
  decodeFollower,
  decodeSubscription,
  encodeConnection,
  encodeFollower,
  followerKey,
  followersKey,
  OPEN,
  OPERATION,
} from '../items/stream-items.ts';
import { secureRandom, systemSleep } from '../system.ts';
import { queryAll } from './query-all.ts';
import { serviceCall } from './service-failure.ts';

const CODE = 'stream_store_unavailable';
const PAGE = 300;
/** What one BatchWriteItem takes. */
const BATCH = 25;

/** Who is connected and follows what, in the streams table. */
export function dynamoConnections(client: DynamoDBClient, table: string): Connections {
  const keyOf = (pk: string, sk: string): Item => ({ pk: text(pk), sk: text(sk) });

  async function write(requests: readonly WriteRequest[]): Promise<void> {
    for (let from = 0; from < requests.length; from += BATCH) {
      const left = await sendUntilTaken<WriteRequest>(
        requests.slice(from, from + BATCH),
        async (some) => {
          const { UnprocessedItems } = await client.send(
            new BatchWriteItemCommand({ RequestItems: { [table]: [...some] } }),
          );
          return UnprocessedItems?.[table] ?? [];
        },
        { sleep: systemSleep, random: secureRandom },
      );
      if (left.length > 0) throw new Error(`${left.length} rows were not taken`);
    }
  }
  const deletion = (pk: string, sk: string): WriteRequest => ({ DeleteRequest: { Key: keyOf(pk, sk) } });
  const deletionsOf = ({ connectionId, operationId, tenant, topic }: Subscription): WriteRequest[] => [
    deletion(followersKey(tenant, topic), followerKey(connectionId, operationId)),
    deletion(connectionKey(connectionId), OPERATION + operationId),
  ];

  const followedBy = async (connectionId: string): Promise<Subscription[]> => {
    const items = await queryAll(client, {
      TableName: table,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': text(connectionKey(connectionId)), ':prefix': text(OPERATION) },
      ConsistentRead: true,
    });
    return items.map(decodeSubscription);
  };

  return {
    put: (connection) =>
      serviceCall(CODE, 'noting a connection', () =>
        write(encodeConnection(connection).map((item) => ({ PutRequest: { Item: item } }))),
      ),

    get: (connectionId) =>
      serviceCall(CODE, 'reading a connection', async () => {
        const key = keyOf(connectionKey(connectionId), CONNECTION);
        const { Item: item } = await client.send(
          new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }),
        );
        return item && decodeConnection(item);
      }),

    remove: (connectionId) =>
      serviceCall(CODE, 'removing a connection', async () => {
        const followed = await followedBy(connectionId);
        await write([
          deletion(connectionKey(connectionId), CONNECTION),
          deletion(OPEN, connectionId),
          ...followed.flatMap(deletionsOf),
        ]);
      }),

    follow: (follower) =>
      serviceCall(CODE, 'noting who follows a topic', async () => {
        const [own, among] = encodeFollower(follower);
        if (!own || !among) return;
        const { Attributes: before } = await client.send(
          new PutItemCommand({ TableName: table, Item: own, ReturnValues: 'ALL_OLD' }),
        );
        const was = before && decodeSubscription(before);
        const isOther = was && (was.tenant !== follower.tenant || was.topic !== follower.topic);
        const key = followerKey(follower.connectionId, follower.operationId);
        if (isOther) await write([deletion(followersKey(was.tenant, was.topic), key)]);
        await client.send(new PutItemCommand({ TableName: table, Item: among }));
      }),

    unfollow: (connectionId, operationId) =>
      serviceCall(CODE, 'letting go of a topic', async () => {
        const { Attributes: before } = await client.send(
          new DeleteItemCommand({
            TableName: table,
            Key: keyOf(connectionKey(connectionId), OPERATION + operationId),
            ReturnValues: 'ALL_OLD',
          }),
        );
        if (before) await write(deletionsOf(decodeSubscription(before)));
      }),

    followedBy: (connectionId) => serviceCall(CODE, 'reading what is followed', () => followedBy(connectionId)),

    followersOf: (tenant, topic) =>
      serviceCall(CODE, 'reading who follows a topic', async () => {
        const items = await queryAll(client, {
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': text(followersKey(tenant, topic)) },
          ConsistentRead: true,
        });
        return items.map(decodeFollower);
      }),

    list: (next) =>
      serviceCall(CODE, 'reading who is connected', async () => {
        const from: QueryCommandInput['ExclusiveStartKey'] = next === undefined ? undefined : keyOf(OPEN, next);
        const { Items = [], LastEvaluatedKey: last } = await client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': text(OPEN) },
            Limit: PAGE,
            ...(from && { ExclusiveStartKey: from }),
          }),
        );
        const sk = last?.sk?.S;
        return { connections: Items.map(decodeConnection), ...(sk !== undefined && { next: sk }) };
      }),
  };
}
