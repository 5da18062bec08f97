import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { WorkflowDefinition } from '../../contracts/workflow-definition.ts';
import type { Blobs, Clock, Registry, RegistryWriter } from '../../runtime/ports.ts';
import { cached } from '../cached.ts';
import { type Item, number, readNumber, readText, text } from '../items/attributes.ts';
import { decodeParameters, SET } from '../items/control-items.ts';
import {
  boundedHealth,
  decodeAgent,
  decodeDefinition,
  decodeLoad,
  definitionChanged,
  definitionKey,
  encodeAgent,
  encodeDefinition,
  encodeLatest,
  versionKey,
} from '../items/registry-items.ts';
import { putIfAbsent } from './conditional-put.ts';
import { queryAll } from './query-all.ts';
import { serviceCall } from './service-failure.ts';

const CODE = 'registry_unavailable';
/** How old an answer of the registry may be. */
const CACHE_MS = 10_000;

/** The registry's reading side; answers are at most ten seconds old. */
export function dynamoRegistry(client: DynamoDBClient, table: string, blobs: Blobs, clock: Clock): Registry {
  const partition = (pk: string): Promise<Item[]> =>
    queryAll(client, {
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': text(pk) },
    });

  async function readAgents() {
    const [agents, loads, parameters] = await Promise.all([partition('AGENT'), partition('LOAD'), partition(SET)]);
    const loadOf = new Map(loads.map((item) => [readText(item, 'sk'), decodeLoad(item)]));
    const setOf = new Map(parameters.map((item) => [readText(item, 'sk'), decodeParameters(item)]));
    return agents.map(decodeAgent).map((agent) => {
      const load = loadOf.get(agent.name);
      const set = setOf.get(agent.name);
      return { ...agent, ...(load && { load }), ...(set && { set }) };
    });
  }

  async function readDefinition(name: string, version?: number): Promise<WorkflowDefinition | undefined> {
    const latest = version ?? (await latestVersion(name));
    if (latest === undefined) return undefined;
    const key = { pk: text(definitionKey(name)), sk: text(versionKey(latest)) };
    const { Item: item } = await client.send(new GetItemCommand({ TableName: table, Key: key }));
    return item && decodeDefinition(item, blobs);
  }

  async function latestVersion(name: string): Promise<number | undefined> {
    const key = { pk: text('DEFS'), sk: text(name) };
    const { Item: item } = await client.send(new GetItemCommand({ TableName: table, Key: key }));
    return item && readNumber(item, 'version');
  }

  async function readDefinitions(): Promise<WorkflowDefinition[]> {
    const keys = (await partition('DEFS')).map((item) => ({
      pk: text(definitionKey(readText(item, 'sk'))),
      sk: text(versionKey(readNumber(item, 'version'))),
    }));
    const items: Item[] = [];
    let wanted: Item[] = keys;
    while (wanted.length > 0) {
      const request = { RequestItems: { [table]: { Keys: wanted.slice(0, 100) } } };
      const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand(request));
      items.push(...(Responses?.[table] ?? []));
      wanted = [...(UnprocessedKeys?.[table]?.Keys ?? []), ...wanted.slice(100)];
    }
    const definitions = await Promise.all(items.map((item) => decodeDefinition(item, blobs)));
    return definitions.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  const agents = cached(clock, CACHE_MS, () => serviceCall(CODE, 'reading the agents', readAgents));
  const definitions = cached(clock, CACHE_MS, () => serviceCall(CODE, 'reading the definitions', readDefinitions));
  const definition = cached(clock, CACHE_MS, (_key: string, name: string, version: number | undefined) =>
    serviceCall(CODE, 'reading a definition', () => readDefinition(name, version)),
  );
  return {
    agents: () => agents(''),
    definition: (name, version) => definition(`${name}#${version ?? ''}`, name, version),
    definitions: () => definitions(''),
  };
}

/** The registry's writing side. */
export function dynamoRegistryWriter(client: DynamoDBClient, table: string, blobs: Blobs): RegistryWriter {
  const loadKey = (agent: string): Item => ({ pk: text('LOAD'), sk: text(agent) });

  /** @param judged unless a person has set it */
  async function note(agent: string, field: 'stats' | 'health', value: object, judged = false): Promise<void> {
    const unset = { ConditionExpression: 'attribute_not_exists(#field) OR NOT contains(#field, :person)' };
    const sent = client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: loadKey(agent),
        UpdateExpression: 'SET #field = :value',
        ExpressionAttributeNames: { '#field': field },
        ExpressionAttributeValues: {
          ':value': text(JSON.stringify(value)),
          ...(judged && { ':person': text('"set_by":') }),
        },
        ...(judged && unset),
      }),
    );
    await sent.catch((error: unknown) => {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    });
  }

  async function raiseLatest(definition: WorkflowDefinition): Promise<void> {
    try {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: encodeLatest(definition),
          ConditionExpression: 'attribute_not_exists(pk) OR #version < :version',
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: { ':version': number(definition.version) },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  return {
    registerAgent: (agent) =>
      serviceCall(CODE, 'registering an agent', async () => {
        await client.send(new PutItemCommand({ TableName: table, Item: encodeAgent(agent) }));
      }),

    removeAgent: (name) =>
      serviceCall(CODE, 'removing an agent', async () => {
        const agentKey = { pk: text('AGENT'), sk: text(name) };
        await client.send(new DeleteItemCommand({ TableName: table, Key: agentKey }));
        await client.send(new DeleteItemCommand({ TableName: table, Key: loadKey(name) }));
      }),

    registerDefinition: (definition) =>
      serviceCall(CODE, 'registering a definition', async () => {
        const { item, digest } = await encodeDefinition(definition, blobs);
        const existing = await putIfAbsent(client, table, item);
        if (existing && readText(existing, 'digest') !== digest) throw definitionChanged(definition);
        await raiseLatest(definition);
      }),

    recordLoad: (agent, load) =>
      serviceCall(CODE, 'recording the load of an agent', async () => {
        await client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: loadKey(agent),
            UpdateExpression: `SET queue_depth = :depth, measured_at = :at${load.exceeded ? ', #exceeded = :exceeded' : ''}`,
            ...(load.exceeded && { ExpressionAttributeNames: { '#exceeded': 'exceeded' } }),
            ExpressionAttributeValues: {
              ':depth': number(load.queue_depth),
              ':at': number(load.measured_at),
              ...(load.exceeded && { ':exceeded': text(JSON.stringify(load.exceeded)) }),
            },
          }),
        );
      }),

    recordStats: (agent, stats) =>
      serviceCall(CODE, 'recording the stats of an agent', () => note(agent, 'stats', stats)),

    recordHealth: (agent, health, judged = false) =>
      serviceCall(CODE, 'recording the health of an agent', () => note(agent, 'health', boundedHealth(health), judged)),
  };
}
