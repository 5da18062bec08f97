import * as fc from 'fast-check';
import type { LocalServices } from '../local-services.ts';
import { type Conformance, calls } from '../operations.ts';
import { cloudSide } from './cloud-side.ts';
import { memorySide } from './memory-side.ts';
import { type NewMessage, type QueueMoves, queuePair } from './queue-pair.ts';
import { CLEAR_SECONDS, type QueueSetup } from './queue-setup.ts';

/** The kinds of queues that the platform has, and what it does not use of dedup scopes. */
export const QUEUE_SETUPS: readonly QueueSetup[] = [
  { name: 'standard queue', fifo: false, visibilitySeconds: 1, groups: ['acme', 'other'] },
  { name: 'standard queue with dead letters', fifo: false, visibilitySeconds: 1, groups: ['acme'], maxReceiveCount: 2 },
  { name: 'FIFO queue of one group', fifo: true, visibilitySeconds: 2, groups: ['a'] },
  { name: 'FIFO queue of several groups', fifo: true, visibilitySeconds: 1, groups: ['a', 'b', 'c'] },
  {
    name: 'FIFO queue whose ids are its own',
    fifo: true,
    visibilitySeconds: 1,
    groups: ['a', 'b'],
    dedupScope: 'queue',
  },
  { name: 'FIFO queue with dead letters', fifo: true, visibilitySeconds: 1, groups: ['a'], maxReceiveCount: 2 },
  {
    ...{ name: 'FIFO queue of several groups with dead letters', fifo: true, visibilitySeconds: 1 },
    ...{ groups: ['a', 'b'], maxReceiveCount: 1 },
  },
];

/** Refused by every queue: nothing, and characters that SQS does not take. */
const badBody = fc.constantFrom('', 'bell \u0007', 'no character \uffff');

function message({ fifo, groups }: QueueSetup): fc.Arbitrary<NewMessage> {
  const groupId = fc.constantFrom(...groups);
  const sound: fc.Arbitrary<NewMessage> = fifo
    ? fc.record({ groupId, deduplicationId: fc.nat({ max: 14 }).map((n) => `id-${n}`) })
    : fc.record(
        { groupId, delaySeconds: fc.constantFrom(0, ...CLEAR_SECONDS) },
        { requiredKeys: ['groupId'], noNullPrototype: true },
      );
  const refused: fc.Arbitrary<NewMessage> = fc.oneof(
    fc.tuple(sound, badBody).map(([given, body]) => ({ ...given, body })),
    ...(fifo ? [fc.constant({ deduplicationId: 'id-1' }), fc.constant({ groupId: groups[0] ?? '' })] : []),
    ...(fifo ? [sound.map((given) => ({ ...given, delaySeconds: 2 }))] : []),
  );
  return fc.oneof({ weight: 25, arbitrary: sound }, { weight: 1, arbitrary: refused });
}

/** Messages sent, received, deleted, held longer or given back, under receipts new and old, while time goes by. */
export function queueConformance(services: LocalServices, setup: QueueSetup): Conformance<QueueMoves> {
  const n = fc.nat({ max: 11 });
  const back = fc.constantFrom(0, 0, 0, 0, 1);
  const seconds = fc.constantFrom(0, 0, ...CLEAR_SECONDS, 60);
  return {
    name: setup.name,
    operation: fc.oneof(
      { weight: 5, arbitrary: calls('send', fc.tuple(fc.array(message(setup), { minLength: 1, maxLength: 4 }))) },
      { weight: 6, arbitrary: calls('receive', fc.tuple(fc.constantFrom(1, 2, 3, 10))) },
      { weight: 4, arbitrary: calls('delete', fc.tuple(n, back)) },
      { weight: 3, arbitrary: calls('extend', fc.tuple(n, back, seconds)) },
      { weight: 2, arbitrary: calls('depth', fc.constant<[]>([])) },
      { weight: 3, arbitrary: calls('wait', fc.tuple(fc.constantFrom(1, 1, 2))) },
    ),
    longest: 30,
    together: 6,
    open: async (patience) =>
      queuePair(setup, patience, {
        memory: memorySide(setup, patience),
        cloud: await cloudSide(services, setup, patience),
      }),
  };
}
