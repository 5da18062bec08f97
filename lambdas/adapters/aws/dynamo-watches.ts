import { type DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Topic } from '../../contracts/stream.ts';
import type { Clock } from '../../runtime/ports.ts';
import type { Watches } from '../../runtime/stream/stream-ports.ts';
import { cached } from '../cached.ts';
import { type Item, number, text } from '../items/attributes.ts';
import { sharedWatchName, TOPICS, topicIn, WATCH, WATCHES, watchKey } from '../items/stream-items.ts';
import { serviceCall } from './service-failure.ts';

const CODE = 'stream_store_unavailable';
/** How old the answer may be whether anything is followed at all: as long as nothing is, nobody asks for more. */
const AGE_MS = 1_000;
/** Until everybody has asked again. */
const SETTLED_MS = AGE_MS + 200;
/** So much before it ends it is written anew: not at each ping. */
const RENEW_BEFORE_MS = 3_600_000;

interface Summary {
  /** ms; 0: nothing has ever been followed. */
  readonly until: number;
  /** When it was that anything began to be followed, after a time without, ms. */
  readonly since: number;
  /** Topics that are no runs, by `<tenant> <topic>`, with their ends. */
  readonly shared: ReadonlyMap<string, number>;
}

/** Which topics are followed, in the streams table. For those who only ask, the rights to get suffice. */
export function dynamoWatches(client: DynamoDBClient, table: string, clock: Clock): Watches {
  const summaryKey: Item = { pk: text(WATCHES), sk: text(WATCHES) };
  const untilOf = (item: Item | undefined): number => Number(item?.until?.N ?? 0);

  async function get(key: Item): Promise<Item | undefined> {
    const { Item: item } = await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }));
    return item;
  }

  async function readSummary(): Promise<Summary> {
    const item = await get(summaryKey);
    const shared = Object.entries(item?.[TOPICS]?.M ?? {}).map(([name, { N }]) => [name, Number(N ?? 0)] as const);
    return { until: untilOf(item), since: Number(item?.begun?.N ?? 0), shared: new Map(shared) };
  }
  const summary = cached(clock, AGE_MS, () => serviceCall(CODE, 'asking whether anybody follows', readSummary));
  /** Once followed, it stays so for a day. */
  const known = new Map<string, number>();

  async function isWatched(tenant: string, topic: Topic): Promise<boolean> {
    const now = clock.now();
    const { until, shared } = await summary('');
    if (until <= now) return false;
    if (!topic.startsWith('run:')) return (shared.get(sharedWatchName(tenant, topic)) ?? 0) > now;
    const key = watchKey(tenant, topic);
    if ((known.get(key) ?? 0) > now) return true;
    const item = await serviceCall(CODE, 'asking who follows a run', () => get({ pk: text(key), sk: text(WATCH) }));
    if (untilOf(item) <= now) return false;
    if (known.size >= 1_000) known.clear();
    known.set(key, untilOf(item));
    return true;
  }

  return {
    isWatched,
    shared: async () => {
      const now = clock.now();
      const { shared } = await summary('');
      return [...shared].flatMap(([name, until]) => {
        const [tenant = '', topic = ''] = name.split(' ');
        return until > now ? [{ tenant, topic: topicIn(topic) }] : [];
      });
    },
    watch: (tenant, topic, until) =>
      serviceCall(CODE, 'noting that a topic is followed', async () => {
        const now = clock.now();
        const key = watchKey(tenant, topic);
        const isRun = topic.startsWith('run:');
        if ((known.get(key) ?? 0) >= until - RENEW_BEFORE_MS) return 0;
        const expires_at = number(Math.ceil(until / 1_000));
        const item: Item = { pk: text(key), sk: text(WATCH), until: number(until), expires_at };
        await client.send(new PutItemCommand({ TableName: table, Item: item }));
        const before = await readSummary();
        const name = sharedWatchName(tenant, topic);
        const wasShared = isRun || (before.shared.get(name) ?? 0) > now;
        if (before.until < until - RENEW_BEFORE_MS || !wasShared) await renew(before, until, isRun ? undefined : name);
        summary.forget();
        known.set(key, until);
        if (before.until <= now || !wasShared) return SETTLED_MS;
        return Math.max(0, before.since + SETTLED_MS - now);
      }),
  };

  /** What has ended goes, so that the row stays small. */
  async function renew(before: Summary, until: number, name: string | undefined): Promise<void> {
    const now = clock.now();
    if (before.until === 0) await begin();
    const ended = [...before.shared].flatMap(([other, end]) => (end <= now && other !== name ? [other] : []));
    const set = [
      '#until = :until',
      ...(before.until <= now ? ['begun = :now'] : []),
      ...(name ? ['topics.#name = :until'] : []),
    ];
    const removed = ended.map((_, place) => `topics.#ended${place}`);
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: summaryKey,
        UpdateExpression: `SET ${set.join(', ')}${removed.length > 0 ? ` REMOVE ${removed.join(', ')}` : ''}`,
        ExpressionAttributeNames: {
          '#until': 'until',
          ...(name && { '#name': name }),
          ...Object.fromEntries(ended.map((other, place) => [`#ended${place}`, other])),
        },
        ExpressionAttributeValues: { ':until': number(until), ...(before.until <= now && { ':now': number(now) }) },
      }),
    );
  }

  /** A path below an attribute that is not there can't be set. */
  async function begin(): Promise<void> {
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: summaryKey,
        UpdateExpression: 'SET topics = if_not_exists(topics, :none)',
        ExpressionAttributeValues: { ':none': { M: {} } },
      }),
    );
  }
}
