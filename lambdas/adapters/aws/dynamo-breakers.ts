import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { BreakerState } from '../../contracts/breaker.ts';
import type { Breakers, Clock } from '../../runtime/ports.ts';
import { CLOSED, recordFailure, takeProbe } from '../../workflow/breaker.ts';
import { fullJitter, type Retrying } from '../batches.ts';
import { cached } from '../cached.ts';
import { number, text } from '../items/attributes.ts';
import {
  BREAKERS,
  breakerContended,
  decodeBreaker,
  encodeBreaker,
  type StoredBreaker,
} from '../items/breaker-items.ts';
import { secureRandom, systemIds, systemSleep } from '../system.ts';
import { queryAll } from './query-all.ts';
import { serviceCall } from './service-failure.ts';

const CODE = 'registry_unavailable';
/** How old `read` may be. */
const CACHE_MS = 1_000;
/** Tries to change a breaker that others change at the same time. */
const ROUNDS = 12;
const SYSTEM: Retrying = { sleep: systemSleep, random: secureRandom };

/** What a change makes of a state, and what it answers. No state: leave it as it is. */
interface Change<T> {
  readonly state?: BreakerState;
  readonly answer: T;
}

/**
 * Breakers in the registry table. A change reads the row, works out the next state and writes it on condition that
 * nobody else has written since. A closed breaker keeps its row, so that its version never starts anew.
 */
export function dynamoBreakers(
  client: DynamoDBClient,
  table: string,
  clock: Clock,
  retrying: Retrying = SYSTEM,
): Breakers {
  async function readAll(): Promise<ReadonlyMap<string, BreakerState>> {
    const items = await queryAll(client, {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': text(BREAKERS) },
    });
    const open = items.map(decodeBreaker).filter(({ state }) => state.open_until !== undefined);
    return new Map(open.map(({ agent, state }) => [agent, state]));
  }
  const read = cached(clock, CACHE_MS, () => serviceCall(CODE, 'reading the breakers', readAll));

  async function find(agent: string): Promise<Pick<StoredBreaker, 'state' | 'version' | 'writer'>> {
    const Key = { pk: text(BREAKERS), sk: text(agent) };
    const { Item: item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
    return item ? decodeBreaker(item) : { state: CLOSED, version: 0, writer: '' };
  }

  async function write({ agent, state, version, writer }: StoredBreaker): Promise<boolean> {
    try {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: encodeBreaker({ agent, state, version, writer }),
          ...(version === 1
            ? { ConditionExpression: 'attribute_not_exists(pk)' }
            : {
                ConditionExpression: '#version = :version',
                ExpressionAttributeNames: { '#version': 'version' },
                ExpressionAttributeValues: { ':version': number(version - 1) },
              }),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  function change<T>(agent: string, next: (state: BreakerState) => Change<T>): Promise<T> {
    return serviceCall(CODE, `changing the breaker of ${agent}`, async () => {
      const writer = systemIds.uuid();
      let tried: { readonly answer: T } | undefined;
      for (let round = 0; round < ROUNDS; round++) {
        if (round > 0) await retrying.sleep(fullJitter(round, retrying.random));
        const found = await find(agent);
        // Our own write had succeeded, and only its answer was lost.
        if (tried && found.writer === writer) return tried.answer;
        const { state, answer } = next(found.state);
        if (state === undefined || state === found.state) return answer;
        tried = { answer };
        if (!(await write({ agent, state, version: found.version + 1, writer }))) continue;
        read.forget();
        return answer;
      }
      throw breakerContended(agent);
    });
  }

  return {
    read: () => read(''),
    recordFailure: (agent, id, at, policy, probe) =>
      change(agent, (before) => {
        const answer = recordFailure(before, { id, at, probe }, policy);
        return { state: answer.state, answer };
      }),
    close: (agent) =>
      change(agent, (before) =>
        before.open_until === undefined ? { answer: false } : { state: CLOSED, answer: true },
      ),
    takeProbe: (agent, holder, now, until) =>
      change(agent, (before) => {
        const state = takeProbe(before, holder, now, until);
        return state ? { state, answer: true } : { answer: false };
      }),
  };
}
