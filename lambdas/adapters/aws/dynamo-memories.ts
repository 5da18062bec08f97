import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { MemoryStore, PoolAddress, PoolHead, StoredRow } from '../../runtime/memory/memory-stores.ts';
import type { Clock } from '../../runtime/ports.ts';
import { type Item, number, readNumber, readText, text } from '../items/attributes.ts';
import {
  BY_VERSION,
  decodeNote,
  decodeRow,
  encodeNote,
  encodeRow,
  HEAD,
  notesKey,
  poolKey,
  TENANTS,
} from '../items/memory-items.ts';
import { dynamoItemTable } from './dynamo-item-table.ts';
import { queryAll } from './query-all.ts';
import { isServiceError, serviceCall } from './service-failure.ts';

const CODE = 'memory_unavailable';
/** That an entry was taken away is told for so long; no container works on from a state that is older. */
const GONE_DAYS = 30;
const DAY_MS = 86_400_000;
const LOST = ['ConditionalCheckFailed', 'TransactionConflict'];

/** Memories in a table of their own; what they say is sealed. */
export function dynamoMemories(client: DynamoDBClient, table: string, clock: Clock): MemoryStore {
  async function get(pk: string, sk: string): Promise<Item | undefined> {
    const key = { pk: text(pk), sk: text(sk) };
    return (await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }))).Item;
  }

  async function sortKeys(pk: string): Promise<string[]> {
    const items = await queryAll(client, {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND sk > :head',
      ExpressionAttributeValues: { ':pk': text(pk), ':head': text(HEAD) },
    });
    return items.map((item) => readText(item, 'sk'));
  }

  const notesOf = (tenant: string, runId: string): Promise<Item[]> =>
    queryAll(client, {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': text(notesKey(tenant, runId)) },
    });

  const everything = dynamoItemTable(client, table, CODE);

  /** No key leads to the notes of a run that is not known any more. */
  async function eachOf(tenant: string, visit: (items: readonly Item[]) => Promise<void>): Promise<number> {
    let count = 0;
    let from: Item | undefined;
    do {
      const page = await everything.scan(from);
      const theirs = page.items.filter((item) => isOfTenant(item, tenant));
      await visit(theirs);
      count += theirs.length;
      from = page.next;
    } while (from);
    return count;
  }

  return {
    countTenant: (tenant) => eachOf(tenant, async () => {}),
    removeTenant: (tenant) => eachOf(tenant, (items) => everything.remove(items)),

    epoch: (tenant) =>
      serviceCall(CODE, 'reading a tenant’s epoch', async () => {
        const item = await get(tenant, HEAD);
        return item ? readNumber(item, 'epoch') : 0;
      }),

    nextEpoch: (tenant) =>
      serviceCall(CODE, 'beginning an epoch', async () => {
        const { Attributes = {} } = await client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: { pk: text(tenant), sk: text(HEAD) },
            UpdateExpression: 'ADD epoch :one',
            ExpressionAttributeValues: { ':one': number(1) },
            ReturnValues: 'UPDATED_NEW',
          }),
        );
        return readNumber(Attributes, 'epoch');
      }),

    head: ({ tenant, pool }) =>
      serviceCall(CODE, 'reading where a pool stands', async () => {
        const item = await get(poolKey(tenant, pool), HEAD);
        return item && decodeHead(item);
      }),

    commit: (address, after, rows) =>
      serviceCall(CODE, 'committing memories', async () => {
        const changes = commitOf(table, address, after, rows, clock.now() + GONE_DAYS * DAY_MS);
        try {
          await client.send(new TransactWriteItemsCommand({ TransactItems: changes }));
          return true;
        } catch (error) {
          if (isLost(error)) return false;
          throw error;
        }
      }),

    since: ({ tenant, pool }, version) =>
      serviceCall(CODE, 'reading memories', async () => {
        const items = await queryAll(client, {
          TableName: table,
          IndexName: BY_VERSION.index,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk AND #v > :version',
          ExpressionAttributeNames: { '#v': BY_VERSION.sort },
          ExpressionAttributeValues: { ':pk': text(poolKey(tenant, pool)), ':version': number(version) },
        });
        return items.map(decodeRow);
      }),

    setSnapshot: ({ tenant, pool }, { name, version }) =>
      serviceCall(CODE, 'naming a snapshot', async () => {
        try {
          await client.send(
            new UpdateItemCommand({
              TableName: table,
              Key: { pk: text(poolKey(tenant, pool)), sk: text(HEAD) },
              UpdateExpression: 'SET snapshot_name = :name, snapshot_version = :version',
              ConditionExpression:
                'attribute_exists(pk) AND (attribute_not_exists(snapshot_version) OR snapshot_version <= :version)',
              ExpressionAttributeValues: { ':name': text(name), ':version': number(version) },
            }),
          );
          return true;
        } catch (error) {
          if (isServiceError(error, 'ConditionalCheckFailedException')) return false;
          throw error;
        }
      }),

    tenants: () => serviceCall(CODE, 'listing tenants', () => sortKeys(TENANTS)),
    pools: (tenant) => serviceCall(CODE, 'listing pools', () => sortKeys(tenant)),

    putNote: (tenant, runId, note, keepUntil) =>
      serviceCall(CODE, 'keeping a note', async () => {
        const item = encodeNote(notesKey(tenant, runId), note, keepUntil);
        await client.send(new PutItemCommand({ TableName: table, Item: item }));
      }),

    notes: (tenant, runId) =>
      serviceCall(CODE, 'reading notes', async () => (await notesOf(tenant, runId)).map(decodeNote)),

    dropNotes: (tenant, runId) =>
      serviceCall(CODE, 'dropping notes', async () => {
        const notes = await notesOf(tenant, runId);
        for (const note of notes) {
          const key = { pk: text(readText(note, 'pk')), sk: text(readText(note, 'sk')) };
          await client.send(new DeleteItemCommand({ TableName: table, Key: key }));
        }
        return notes.length;
      }),
  };
}

function isOfTenant(item: Item, tenant: string): boolean {
  const [pk, sk] = [readText(item, 'pk'), readText(item, 'sk')];
  if (pk === TENANTS) return sk === tenant;
  return pk === tenant ? sk !== HEAD : pk.startsWith(`${tenant}#`);
}

function decodeHead(item: Item): PoolHead {
  const version = readNumber(item, 'version');
  if (item.snapshot_name === undefined) return { version };
  return {
    version,
    snapshot: { name: readText(item, 'snapshot_name'), version: readNumber(item, 'snapshot_version') },
  };
}

function commitOf(
  table: string,
  { tenant, pool }: PoolAddress,
  { version, epoch }: { readonly version: number; readonly epoch: number },
  rows: ReadonlyArray<Omit<StoredRow, 'version'>>,
  goneUntil: number,
): TransactWriteItem[] {
  const pk = poolKey(tenant, pool);
  const put = (item: Item): TransactWriteItem => ({ Put: { TableName: table, Item: item } });
  const unchanged = (name: string, value: number) => ({
    ConditionExpression: value === 0 ? `attribute_not_exists(#${name})` : `#${name} = :${name}`,
    names: { [`#${name}`]: name },
    values: value === 0 ? {} : { [`:${name}`]: number(value) },
  });
  const { names, values, ...head } = unchanged('version', version);
  const { names: epochNames, values: epochValues, ...erased } = unchanged('epoch', epoch);
  return [
    {
      Update: {
        ...{ TableName: table, Key: { pk: text(pk), sk: text(HEAD) }, ...head },
        UpdateExpression: 'SET #version = :next',
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: { ...values, ':next': number(version + 1) },
      },
    },
    {
      ConditionCheck: {
        ...{ TableName: table, Key: { pk: text(tenant), sk: text(HEAD) }, ...erased },
        ExpressionAttributeNames: epochNames,
        ...(epoch > 0 && { ExpressionAttributeValues: epochValues }),
      },
    },
    ...rows.map((row) => put(encodeRow(pk, row, version + 1, goneUntil))),
    ...(version === 0 ? [put({ pk: text(tenant), sk: text(pool) }), put({ pk: text(TENANTS), sk: text(tenant) })] : []),
  ];
}

/** Others were faster. Any other reason is a failure. */
function isLost(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException)) return false;
  const reasons = (error.CancellationReasons ?? []).flatMap(({ Code }) => (Code && Code !== 'None' ? [Code] : []));
  return reasons.length > 0 && reasons.every((code) => LOST.includes(code));
}
