import * as fc from 'fast-check';
import { dynamoConnections } from '../../../../lambdas/adapters/aws/dynamo-connections.ts';
import { dynamoStreamLog } from '../../../../lambdas/adapters/aws/dynamo-stream-log.ts';
import { dynamoWatches } from '../../../../lambdas/adapters/aws/dynamo-watches.ts';
import { memoryConnections } from '../../../../lambdas/adapters/memory/memory-connections.ts';
import { memoryStreamLog, memoryWatches } from '../../../../lambdas/adapters/memory/memory-stream-log.ts';
import { memoryTable } from '../../../../lambdas/adapters/memory/memory-table.ts';
import { createMeter } from '../../../../lambdas/adapters/memory/meter.ts';
import type { Principal } from '../../../../lambdas/contracts/principal.ts';
import type { StreamRecord, Topic } from '../../../../lambdas/contracts/stream.ts';
import type { Connections, StreamLog, Watches } from '../../../../lambdas/runtime/stream/stream-ports.ts';
import { pairOf } from '../answers.ts';
import type { LocalServices } from '../local-services.ts';
import { type Conformance, calls } from '../operations.ts';
import { agentName, json, moment, runId, T0, tenant } from '../words.ts';

const topic: fc.Arbitrary<Topic> = fc.oneof(
  runId.map((id): Topic => `run:${id}`),
  agentName.map((name): Topic => `agent:${name}`),
  fc.constant<Topic>('metrics'),
);
const at = '2026-01-01T00:00:00.000Z';
const record: fc.Arbitrary<StreamRecord> = fc.tuple(fc.integer({ min: 0, max: 9 }), json).map(([n, value]) => ({
  id: `record-${n}`,
  body: { type: 'data', payload: { at, partial_result: value } },
}));
/** Rows begin at one of a few numbers, so that writers meet. */
const row = fc.record({
  first: fc.constantFrom(1, 2, 5, 40, 52),
  records: fc.array(record, { minLength: 1, maxLength: 50 }),
});
const few = fc.integer({ min: 1, max: 5 });
const after = fc.constantFrom(0, 1, 3, 10, 39, 51, 60, 200);

/** Rows appended where others may be, and read from any number on. */
export function streamLogConformance(services: LocalServices): Conformance<StreamLog> {
  const oneTopic = fc.constantFrom<Topic>('metrics', 'agent:loader');
  return {
    name: 'stream log',
    operation: fc.oneof(
      { weight: 5, arbitrary: calls('append', fc.tuple(tenant, oneTopic, row, fc.constant(T0))) },
      { weight: 3, arbitrary: calls('read', fc.tuple(tenant, oneTopic, after, few)) },
      { weight: 2, arbitrary: calls('tail', fc.tuple(tenant, oneTopic, few)) },
    ),
    longest: 20,
    open: async () => {
      const { table, drop } = await services.ledgerTable();
      return pairOf<StreamLog>(
        memoryStreamLog(memoryTable(createMeter())),
        dynamoStreamLog(services.dynamo, table),
        drop,
      );
    },
  };
}

const connectionId = fc.constantFrom('L0SM9cOFvHcCIhw=', 'M1TN8dPGwIdDJix=', 'plain');
const operationId = fc.constantFrom('1', 'op', 'a#b');
const principal = fc.constantFrom<Principal>(
  { kind: 'person', sub: 'ann', tenant: 'acme', roles: ['viewer'], tokenId: 't1', issuedAt: T0, expiresAt: T0 + 1 },
  {
    kind: 'agent',
    agent: 'loader',
    sub: 'agent:loader',
    tenant: '*',
    roles: [],
    tokenId: 't2',
    issuedAt: T0,
    expiresAt: T0,
  },
);
const connection = fc.record(
  { id: connectionId, connectedAt: moment, until: moment, client: fc.record({ id: fc.constant('c'), principal }) },
  { requiredKeys: ['id', 'connectedAt', 'until'], noNullPrototype: true },
);
const follower = fc.record({ connectionId, operationId, tenant, topic, until: moment, principal });

/** Who comes, follows, lets go and leaves. */
export function connectionsConformance(services: LocalServices): Conformance<Connections> {
  return {
    name: 'connections',
    operation: fc.oneof(
      { weight: 2, arbitrary: calls('put', fc.tuple(connection)) },
      { weight: 2, arbitrary: calls('get', fc.tuple(connectionId)) },
      { weight: 1, arbitrary: calls('remove', fc.tuple(connectionId)) },
      { weight: 4, arbitrary: calls('follow', fc.tuple(follower)) },
      { weight: 2, arbitrary: calls('unfollow', fc.tuple(connectionId, operationId)) },
      { weight: 2, arbitrary: calls('followedBy', fc.tuple(connectionId)) },
      { weight: 3, arbitrary: calls('followersOf', fc.tuple(tenant, topic)) },
      { weight: 1, arbitrary: calls('list', fc.constant<[]>([])) },
    ),
    longest: 30,
    open: async () => {
      const { table, drop } = await services.ledgerTable();
      return pairOf(memoryConnections(), dynamoConnections(services.dynamo, table), drop);
    },
  };
}

type Asked = Pick<Watches, 'isWatched' | 'shared'> & { watch(...given: Parameters<Watches['watch']>): Promise<void> };

/** What is followed, and until when; how long it takes until others know is not compared. */
export function watchesConformance(services: LocalServices): Conformance<Asked> {
  const clock = { now: () => T0 + 60_000, after: () => () => {} };
  const asked = (watches: Watches): Asked => ({
    isWatched: watches.isWatched,
    shared: async () => [...(await watches.shared())].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    watch: async (...given) => void (await watches.watch(...given)),
  });
  return {
    name: 'watches',
    operation: fc.oneof(
      { weight: 4, arbitrary: calls('watch', fc.tuple(tenant, topic, fc.constant(T0 + 86_400_000))) },
      { weight: 4, arbitrary: calls('isWatched', fc.tuple(tenant, topic)) },
      { weight: 2, arbitrary: calls('shared', fc.constant<[]>([])) },
    ),
    longest: 20,
    open: async () => {
      const { table, drop } = await services.ledgerTable();
      return pairOf(asked(memoryWatches(clock)), asked(dynamoWatches(services.dynamo, table, clock)), drop);
    },
  };
}
