import { randomBytes } from 'node:crypto';
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { MemoryPassKey } from '../../runtime/memory/memory-pass.ts';
import { type Item, text } from '../items/attributes.ts';
import { MEMORY_PASSES } from '../items/table-layout.ts';
import { putIfAbsent } from './conditional-put.ts';
import { serviceCall } from './service-failure.ts';

const BYTES = 32;
const KEY: Item = { pk: text(MEMORY_PASSES), sk: text('A#key') };

/** In the state table, which no agent reaches; read once by each container. */
export function dynamoMemoryPassKey(client: DynamoDBClient, table: string): MemoryPassKey {
  let known: Uint8Array | undefined;

  const find = (): Promise<Uint8Array | undefined> =>
    serviceCall('state_store_unavailable', 'reading the key of passes to the memory', async () => {
      if (known) return known;
      const { Item: item } = await client.send(
        new GetItemCommand({ TableName: table, Key: KEY, ConsistentRead: true }),
      );
      known = item?.secret?.B;
      return known;
    });

  return {
    find,
    make: async () =>
      (await find()) ??
      serviceCall('state_store_unavailable', 'making the key of passes to the memory', async () => {
        const secret = randomBytes(BYTES);
        const earlier = await putIfAbsent(client, table, { ...KEY, secret: { B: secret } });
        known = earlier?.secret?.B ?? secret;
        return known;
      }),
  };
}
