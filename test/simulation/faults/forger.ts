import type { Json, JsonObject } from '../../../lambdas/contracts/json.ts';
import type { QueueRecord } from '../../../lambdas/runtime/queue-record.ts';
import { AGENTS } from '../programs/plan.ts';
import { FORGED } from '../programs/work-result.ts';
import type { Random } from '../random.ts';
import type { FaultContext, FaultKind, World } from './fault.ts';
import { deployPlanner, forgeRequest, runsOfForgeries } from './forged-requests.ts';

type Message = JsonObject & { header: JsonObject };

const INBOXES = Object.values(AGENTS)
  .flat()
  .map((name) => `memory://${name}-standard`);
type Forgery = 'message' | 'request';
const counts = { message: new WeakMap<World, number>(), request: new WeakMap<World, number>() };
const madeUp = (world: World, what: Forgery): number => counts[what].get(world) ?? 0;
function count(world: World, what: Forgery): number {
  const now = madeUp(world, what) + 1;
  counts[what].set(world, now);
  return now;
}
/** What was made up in a history. */
export const forgedIn = (world: World): number => madeUp(world, 'message') + madeUp(world, 'request');

/** What is done to a genuine message; the rest of a pack stays as it was. */
const WAYS = {
  unsigned: (message: Message, _random: Random) => without(message, 'signature'),
  'other signature': (message: Message, random: Random) => ({
    ...message,
    signature: flipped(message.signature, random),
  }),
  'other payload': (message: Message, _random: Random) => ({
    ...without(message, 'payload'),
    payload: lies(message.payload ?? null),
  }),
  'other sender': (message: Message, _random: Random) => ({
    ...message,
    header: { ...message.header, sender: 'intake' },
  }),
  'other attempt': (message: Message, random: Random) => ({
    ...message,
    header: { ...message.header, attempt: random.between(2, 9) },
  }),
} as const;
type Way = keyof typeof WAYS;

/** Attack 6 of the matrix: somebody got at the queues, and has no key of anybody. */
export const forger: FaultKind = {
  number: 6,
  does: 'messages are forged, changed, moved to other receivers and played again',
  arm: (context) => ({
    begin: () => deployPlanner(context.world()),
    deliver({ queue, records, copy }) {
      if (copy > 1) return undefined;
      if (context.strikes(0.02)) {
        const world = context.world();
        void forgeRequest(world, count(world, 'request'), context.random.chance(0.5));
      }
      for (const record of records) {
        if (!/^\{"(header|pack)"/.test(record.body) || !context.strikes(0.15)) continue;
        const { random } = context;
        const way = random.pick(['again', 'elsewhere', ...(Object.keys(WAYS) as Way[])]);
        if (way === 'again') send(context, queue, record, record.body, random.between(0, 600_000));
        else if (way === 'elsewhere') {
          // What an agent reports goes to one place only.
          if (queue.endsWith('.fifo') || queue.endsWith('timers')) continue;
          const other = random.pick(INBOXES.filter((inbox) => !queue.startsWith(inbox.replace('-standard', ''))));
          send(context, other, record, record.body, random.int(1_000));
        } else {
          const body = forged(record.body, (message) => WAYS[way as Way](message, random));
          if (body === undefined) continue;
          count(context.world(), 'message');
          send(context, queue, record, body, random.int(1_000));
        }
      }
      return undefined;
    },
    async check() {
      const world = context.world();
      const begun = await runsOfForgeries(world);
      const { events } = world.platform.world.securityLog;
      const told = events.some(({ code = '', target }) => code.startsWith('signature_') && target !== 'intake');
      return madeUp(world, 'message') > 3 && !told ? [...begun, 'A: messages were forged, and nobody was told'] : begun;
    },
  }),
};

function send(context: FaultContext, queue: string, { groupId }: QueueRecord, body: string, afterMs: number): void {
  const { platform } = context.world();
  platform.clock.after(afterMs, () => {
    const fifo = queue.endsWith('.fifo') && { deduplicationId: `forged ${context.random.next()}` };
    void platform.queuesOf('stranger').send(queue, [{ body, ...(groupId !== undefined && { groupId }), ...fifo }]);
  });
}

function forged(body: string, change: (message: Message) => object): string | undefined {
  const parsed: { pack?: Message[] } & Message = JSON.parse(body);
  const [first, ...others] = parsed.pack ?? [parsed];
  if (!first?.header) return undefined;
  const changed = change(first);
  return JSON.stringify(parsed.pack ? { pack: [changed, ...others] } : changed);
}

const without = (message: Message, field: string): Message => {
  const { [field]: _, ...rest } = message;
  return { ...rest, header: message.header };
};

function flipped(signature: unknown, random: Random): string {
  const text = typeof signature === 'string' ? signature : '';
  const at = text.length - 1 - random.int(60);
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
}

const objectOf = (value: Json): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};

/** Of a report each task is done, with what nobody has worked out. */
function lies(payload: Json): JsonObject {
  const known = objectOf(payload);
  if (!Array.isArray(known.updates)) return { ...known, forged: true };
  const result = { value: { v: FORGED, vote: 'yes' } };
  const updates = known.updates.map((update) => ({ ...objectOf(update), status: 'completed', result, duration_ms: 1 }));
  return { ...known, updates };
}
