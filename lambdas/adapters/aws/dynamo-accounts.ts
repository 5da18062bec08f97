import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { type AccountKey, type Accounts, fresh, opened } from '../../runtime/budgets/accounts.ts';
import type { Retrying } from '../batches.ts';
import { type Item, text } from '../items/attributes.ts';
import { accountExpiry, accountItemKey, accountsKey, decodeAccount, partOf } from '../items/budget-items.ts';
import { secureRandom, systemSleep } from '../system.ts';
import { asking, closing, raising, settling, taking } from './account-updates.ts';
import { persistently } from './persistently.ts';
import { queryAll } from './query-all.ts';
import { serviceCall } from './service-failure.ts';

const CODE = 'budgets_unavailable';
const SYSTEM: Retrying = { sleep: systemSleep, random: secureRandom };

/**
 * Accounts as rows that are counted up and down where they lie, each by one conditional update.
 * @param client that sends once: whether a settlement that got no answer took place is not known, and it must not count twice
 */
export function dynamoAccounts(client: DynamoDBClient, table: string, retrying: Retrying = SYSTEM): Accounts {
  const key = (of: AccountKey) => ({ TableName: table, Key: accountItemKey(of) });

  async function read(of: AccountKey): Promise<Item | undefined> {
    const { Item: item } = await client.send(new GetItemCommand({ ...key(of), ConsistentRead: true }));
    return item;
  }

  /** @returns undefined when it was done, else the row as it is */
  async function update(
    of: AccountKey,
    change: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>,
    repeat: 'repeat' | 'once',
  ): Promise<{ readonly refused: Item | undefined } | undefined> {
    const input: UpdateItemCommandInput = { ...key(of), ...change, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
    try {
      await persistently(() => client.send(new UpdateItemCommand(input)), repeat, retrying);
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { refused: error.Item ?? (await read(of)) };
    }
  }

  return {
    take: (of, limits, amounts, until) =>
      serviceCall(CODE, 'reserving of a budget', async () => {
        const refused = await update(of, taking(limits, amounts, until, accountExpiry(until)), 'repeat');
        if (!refused) return undefined;
        const { refused: item } = refused;
        return { refused: opened(item ? decodeAccount(item) : fresh({}), limits) };
      }),
    settle: (of, limits, held, used) =>
      serviceCall(CODE, 'settling a call', async () => void (await update(of, settling(limits, held, used), 'once'))),
    raise: (of, limits, raise) =>
      serviceCall(CODE, 'raising a budget', async () => {
        await update(of, raising(limits, raise, accountExpiry(raise.at)), 'repeat');
      }),
    mayAsk: (of, by, now, lapseMs, shows) =>
      serviceCall(CODE, 'asking for a budget', async () => {
        const refused = await update(of, asking(by, now, lapseMs, shows), 'repeat');
        if (!refused) return shows;
        const before = refused.refused && decodeAccount(refused.refused);
        return before?.closed === undefined && before?.asking?.by === by ? before.asking.shows : undefined;
      }),
    close: (of, why) =>
      serviceCall(CODE, 'closing a budget', async () => void (await update(of, closing(why), 'repeat'))),
    read: (of) =>
      serviceCall(CODE, 'reading a budget', async () => {
        const item = await persistently(() => read(of), 'repeat', retrying);
        return item && decodeAccount(item);
      }),
    list: (tenant, runId) =>
      serviceCall(CODE, 'reading the budgets of a run', async () => {
        const items = await queryAll(client, {
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': text(accountsKey(tenant, runId)) },
        });
        return items
          .map((item) => ({ part: partOf(item), account: decodeAccount(item) }))
          .sort((a, b) => (a.part < b.part ? -1 : 1));
      }),
  };
}
