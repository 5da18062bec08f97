import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { SystemError } from '../../contracts/errors.ts';
import {
  type RateCost,
  type RateKey,
  type RateState,
  type Rates,
  takenAt,
  waitFor,
} from '../../runtime/budgets/rate.ts';
import { fullJitter, type Retrying } from '../batches.ts';
import { type Item, number } from '../items/attributes.ts';
import { decodeRate, rateAttribute, rateExpiry, rateItemKey } from '../items/budget-items.ts';
import { secureRandom, systemSleep } from '../system.ts';
import { serviceCall } from './service-failure.ts';

const CODE = 'budgets_unavailable';
const SYSTEM: Retrying = { sleep: systemSleep, random: secureRandom };
/** Guesses, at most: a wrong one is told how the row stands. */
const ROUNDS = 12;
/** Rows that one container remembers. */
const MOST_KNOWN = 500;

/**
 * Rates as one row for each tenant and model. An update can add but not choose the later of two times, so it guesses
 * whether the row is in use, and says so in its condition. What a container saw last is a good guess; and since times only
 * move on, it also knows by itself when it is too early.
 * @param itemKey where a rate lies; default: with those of models
 */
export function dynamoRates(
  client: DynamoDBClient,
  table: string,
  retrying: Retrying = SYSTEM,
  itemKey: (key: RateKey) => Item = rateItemKey,
): Rates {
  const known = new Map<string, RateState>();
  const remember = (name: string, state: RateState): void => {
    known.delete(name);
    known.set(name, state);
    for (const oldest of known.keys()) {
      if (known.size <= MOST_KNOWN) break;
      known.delete(oldest);
    }
  };

  return {
    take: (key, costs, now) =>
      serviceCall(CODE, 'keeping to a rate', async () => {
        const name = `${key.tenant} ${key.model}`;
        for (let round = 0; round < ROUNDS; round++) {
          if (round > 2) await retrying.sleep(fullJitter(round, retrying.random));
          const state = known.get(name) ?? {};
          const wait = waitFor(state, costs);
          if (wait > 0) return wait;
          const found = await guess(key, state, costs, now);
          if (found === undefined) {
            remember(name, takenAt(state, costs, now));
            return 0;
          }
          remember(name, found);
        }
        throw new SystemError(CODE, `too many use ${key.model} at once to keep to its rate`, { model: key.model });
      }),
  };

  /** @returns undefined when the guess was right and all was taken; else how the row stands */
  async function guess(key: RateKey, state: RateState, costs: readonly RateCost[], now: number) {
    const values: Item = { ':now': number(now), ':expires': number(rateExpiry(now)) };
    const sets = ['expires_at = :expires'];
    const conditions: string[] = [];
    for (const { unit, costMs, latest } of costs) {
      const inUse = (state[unit] ?? 0) > now;
      const at = rateAttribute(unit);
      values[`:${unit}`] = number(inUse ? costMs : now + costMs);
      if (inUse) values[`:latest_${unit}`] = number(latest);
      sets.push(inUse ? `${at} = ${at} + :${unit}` : `${at} = :${unit}`);
      conditions.push(
        inUse ? `(${at} > :now AND ${at} <= :latest_${unit})` : `(attribute_not_exists(${at}) OR ${at} <= :now)`,
      );
    }
    try {
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: itemKey(key),
          UpdateExpression: `SET ${sets.join(', ')}`,
          ConditionExpression: conditions.join(' AND '),
          ExpressionAttributeValues: values,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return error.Item ? decodeRate(error.Item) : {};
    }
  }
}
