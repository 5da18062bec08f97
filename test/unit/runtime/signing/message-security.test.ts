import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Json } from '../../../../lambdas/contracts/json.ts';
import { decodeMessage, encodeMessage } from '../../../../lambdas/runtime/message-codec.ts';
import { packBodies, unpackBody } from '../../../../lambdas/runtime/message-pack.ts';
import { newKey, ROTATE_MS } from '../../../../lambdas/runtime/signing/container-key.ts';
import { codeOf, signingWorld } from './world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A message of the coordinator to the worker, and a worker that has met nobody yet. */
async function sent(payload: Json = { a: 1 }) {
  const world = signingWorld();
  const coordinator = world.container('coordinator');
  const header = world.header();
  const body = await encodeMessage({ header, payload }, coordinator);
  return { ...world, coordinator, worker: world.container('worker'), header, body };
}
type Parsed = { header: Record<string, unknown>; payload?: Json; signature?: string };
const changed = (body: string, change: (message: Parsed) => void): string => {
  const message: Parsed = JSON.parse(body);
  change(message);
  return JSON.stringify(message);
};

describe('a signed message', () => {
  test('is opened by whoever gets it, with one look at the registry of keys for all that a container signs', async () => {
    const { worker, coordinator, header, body, asked } = await sent();
    expect(await decodeMessage(body, worker, 'worker')).toEqual({ header, payload: { a: 1 } });
    for (let n = 0; n < 20; n += 1) {
      const more = await encodeMessage({ header: { ...header, message_id: `m${n}` }, payload: n }, coordinator);
      expect((await decodeMessage(more, worker, 'worker')).payload).toBe(n);
    }
    expect(asked).toEqual({ published: 1, looked: 1 });
  });

  test('is the same message whatever JSON it carries, in a pack too', async () => {
    const world = signingWorld();
    const coordinator = world.container('coordinator');
    const worker = world.container('worker');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { minLength: 1, maxLength: 3 }), async (payloads) => {
        const bodies: string[] = [];
        for (const payload of payloads)
          bodies.push(
            await encodeMessage({ header: world.header(), payload: JSON.parse(JSON.stringify(payload)) }, coordinator),
          );
        for (const [at, body] of packBodies(bodies, 10).flatMap(unpackBody).entries())
          expect((await decodeMessage(body, worker)).payload).toEqual(JSON.parse(JSON.stringify(payloads[at])));
      }),
      { numRuns: 150 },
    );
  });

  test('keeps its signature where SQS wants characters escaped', async () => {
    const { worker, body } = await sent(JSON.parse('{"text":"a\ufffe\uffff☂","10":1,"2":2,"__proto__":{"x":1}}'));
    expect(body).not.toMatch(/[\ufffe\uffff]/);
    for (const unpacked of packBodies([body, body], 10).flatMap(unpackBody))
      expect((await decodeMessage(unpacked, worker)).payload).toMatchObject({ text: 'a\ufffe\uffff☂' });
  });

  test.each<[string, (message: Parsed) => void, string]>([
    ['another payload', (message) => Object.assign(message, { payload: { a: 2 } }), 'signature_invalid'],
    ['another receiver', ({ header }) => Object.assign(header, { receiver: 'other' }), 'signature_invalid'],
    ['another tenant', ({ header }) => Object.assign(header, { tenant: 'other' }), 'signature_invalid'],
    ['another attempt', ({ header }) => Object.assign(header, { attempt: 7 }), 'signature_invalid'],
    ['a longer life', ({ header }) => Object.assign(header, { ttl: 1_209_600 }), 'signature_invalid'],
    ['a field that nobody knows', ({ header }) => Object.assign(header, { later: 1 }), 'signature_invalid'],
    ['a field less', ({ header }) => delete header.schema_version, 'signature_invalid'],
    ['another sender', ({ header }) => Object.assign(header, { sender: 'intake' }), 'signature_key_unknown'],
    ['no sender', ({ header }) => delete header.sender, 'signature_malformed'],
    ['no signature', (message) => delete message.signature, 'signature_missing'],
    ['a signature that is none', (message) => Object.assign(message, { signature: 'x' }), 'signature_malformed'],
    ['a number for a signature', (message) => Object.assign(message, { signature: 1 }), 'signature_malformed'],
    ['two bodies', (message) => Object.assign(message, { compressed: 'AAAA' }), 'signature_missing'],
  ])('with %s is refused', async (_name, change, code) => {
    const { worker, body } = await sent();
    expect(await codeOf(decodeMessage(changed(body, change), worker, 'worker'))).toBe(code);
    expect(await codeOf(decodeMessage(body, worker, 'worker'))).toBe('accepted');
  });

  test.each(['none', 'HS256', 'ES256', 'Ed448', 'eddsa'])(
    'whose header names %s for the algorithm is refused before any key is looked for',
    async (alg) => {
      const { worker, body, asked } = await sent();
      const forged = changed(body, (message) => {
        const [head = '', , tail = ''] = String(message.signature).split('.');
        const header = { ...JSON.parse(Buffer.from(head, 'base64url').toString()), alg };
        const named = Buffer.from(JSON.stringify(header)).toString('base64url');
        Object.assign(message, { signature: `${named}..${alg === 'none' ? '' : tail}` });
      });
      expect(await codeOf(decodeMessage(forged, worker, 'worker'))).toBe('signature_malformed');
      expect(asked.looked).toBe(0);
    },
  );

  test('is refused as unsigned when it is no message at all', async () => {
    const { worker } = await sent();
    for (const garbage of ['', 'x', '[]', 'null', '{}', '{"header":{}}'])
      expect(await codeOf(decodeMessage(garbage, worker))).toBe('signature_missing');
  });

  test('that was for somebody else is refused, though its signature is right', async () => {
    const { container, body } = await sent();
    expect(await codeOf(decodeMessage(body, container('other'), 'other'))).toBe('message_misdirected');
  });

  test('is signed in the name of its container only', async () => {
    const { container, header } = await sent();
    const impostor = container('worker');
    await expect(encodeMessage({ header, payload: 1 }, impostor)).rejects.toThrow(
      "can't sign a message of coordinator",
    );
  });

  test('of one kind is no signature of another kind', async () => {
    const { coordinator, worker, header } = await sent();
    const event = await coordinator.messageSecurity.signEvent('task_progress', { a: 1 });
    const body = JSON.stringify({ header, payload: { a: 1 }, signature: event });
    expect(await codeOf(decodeMessage(body, worker))).toBe('signature_malformed');
    const told = worker.messageSecurity.verifyEvent('coordinator', 'task_progress', { a: 1 }, event);
    expect(await codeOf(told)).toBe('accepted');
    const other = worker.messageSecurity.verifyEvent('coordinator', 'task_heartbeat', { a: 1 }, event);
    expect(await codeOf(other)).toBe('signature_invalid');
  });
});

describe('a key', () => {
  test('is taken anew after twelve hours, and what the last one signed still counts', async () => {
    const { clock, worker, coordinator, header, body, asked } = await sent();
    clock.advance(ROTATE_MS + 1);
    const late = { ...header, timestamp: new Date(clock.now()).toISOString() };
    // The first message finds the next key on its way, and goes out with the last one.
    const between = await encodeMessage({ header: late, payload: 1 }, coordinator);
    const after = await encodeMessage({ header: late, payload: 2 }, coordinator);
    expect(asked.published).toBe(2);
    const kid = (message: string): string => {
      const { signature }: { signature: string } = JSON.parse(message);
      return Buffer.from(signature.split('.')[0] ?? '', 'base64url').toString();
    };
    expect(kid(between)).toBe(kid(body));
    expect(kid(after)).not.toBe(kid(body));
    for (const message of [body, between, after]) expect(await codeOf(decodeMessage(message, worker))).toBe('accepted');
  });

  test('that its owner has given up signs nothing more, whoever has got hold of it', async () => {
    const { clock, keys, container, header, worker } = await sent();
    // Published as every key is, but used on for ever.
    const publish: typeof keys.publish = ({ from, ...key }) =>
      keys.publish({ ...key, from, until: from + 13 * HOUR, keep_until: from + 15 * DAY });
    const thief = container('coordinator', { keys: { ...keys, publish }, rotateEveryMs: 30 * DAY });
    const says = async (): Promise<string> => {
      const now = { ...header, timestamp: new Date(clock.now()).toISOString() };
      return codeOf(decodeMessage(await encodeMessage({ header: now, payload: 1 }, thief), worker));
    };
    expect(await says()).toBe('accepted');
    clock.advance(2 * DAY);
    expect(await says()).toBe('signature_key_over');
  });

  test('does not count for a message that says it is from after its time, or long before', async () => {
    const { clock, keys, container, worker, header } = await sent();
    // Its owner would not sign what is older than its key: this one says that its key is younger than it thinks.
    const publish: typeof keys.publish = ({ from, ...key }) => keys.publish({ ...key, from: from + HOUR });
    const backdating = container('coordinator', { keys: { ...keys, publish } });
    const at = async (ms: number): Promise<string> => {
      const timestamp = new Date(clock.now() + ms).toISOString();
      return codeOf(
        decodeMessage(await encodeMessage({ header: { ...header, timestamp }, payload: 1 }, backdating), worker),
      );
    };
    // Clocks may be some minutes apart.
    expect(await at(HOUR - 5 * 60_000)).toBe('accepted');
    expect(await at(0)).toBe('signature_key_over');
    expect(await at(2 * DAY)).toBe('signature_key_over');
  });

  test('is not spent on a message that was held up until nobody would believe it', async () => {
    const { clock, container, header, worker } = await sent();
    const frozen = container('coordinator');
    clock.advance(HOUR);
    expect(await codeOf(encodeMessage({ header, payload: 1 }, frozen))).toBe('message_held_up');
    const anew = { ...header, timestamp: new Date(clock.now()).toISOString() };
    const body = await encodeMessage({ header: anew, payload: 1 }, frozen);
    expect(await codeOf(decodeMessage(body, worker))).toBe('accepted');
  });

  test('signs an event for the time at which it was told, also when its container was frozen in between', async () => {
    const { clock, keys, container, worker } = await sent();
    const publish: typeof keys.publish = async (key) => {
      await keys.publish(key);
      clock.advance(2 * DAY);
    };
    const frozen = container('coordinator', { keys: { ...keys, publish } });
    const event = await frozen.messageSecurity.signEvent('task_progress', { a: 1 });
    const told = worker.messageSecurity.verifyEvent('coordinator', 'task_progress', { a: 1 }, event);
    expect(await codeOf(told)).toBe('accepted');
  });

  test('is forgotten with all that it signed, when nothing of that can be under way', async () => {
    const { clock, worker, body } = await sent();
    clock.advance(14 * DAY);
    expect(await codeOf(decodeMessage(body, worker))).toBe('accepted');
    clock.advance(3 * DAY);
    expect(await codeOf(decodeMessage(body, worker))).toBe('signature_key_over');
  });

  test('of intake counts for as long as a run may have: the lifecycle brings its start a second time at the end', async () => {
    const { clock, container, header } = signingWorldOfIntake();
    const body = await encodeMessage({ header, payload: 1 }, container('intake'));
    clock.advance(366 * DAY);
    expect(await codeOf(decodeMessage(body, container('coordinator')))).toBe('accepted');
  });

  test('that is not there is asked for once in a while, however often it is named', async () => {
    const { clock, worker, body, asked } = await sent();
    await decodeMessage(body, worker);
    const unknown = changed(body, ({ header }) => Object.assign(header, { sender: 'nobody' }));
    for (let n = 0; n < 50; n += 1) expect(await codeOf(decodeMessage(unknown, worker))).toBe('signature_key_unknown');
    expect(asked.looked).toBe(2);
    clock.advance(60_000);
    await codeOf(decodeMessage(unknown, worker));
    expect(asked.looked).toBe(3);
  });

  test('is not looked for without end when strangers name one after another', async () => {
    const { worker, body, asked } = await sent();
    const codes = new Map<string, number>();
    for (let n = 0; n < 2_000; n += 1) {
      const code = await codeOf(
        decodeMessage(
          changed(body, ({ header }) => Object.assign(header, { sender: `s${n}` })),
          worker,
        ),
      );
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    expect(asked.looked).toBe(500);
    // These come again, and are looked for then.
    expect(codes).toEqual(
      new Map([
        ['signature_key_unknown', 500],
        ['keys_overloaded', 1_500],
      ]),
    );
  });

  test('that was taken out of the registry is trusted by nobody after five minutes', async () => {
    const { clock, keys, container, body } = await sent();
    let revoked = false;
    const find: typeof keys.find = async (sender, kid) => (revoked ? undefined : keys.find(sender, kid));
    const worker = container('worker', { keys: { ...keys, find } });
    expect(await codeOf(decodeMessage(body, worker))).toBe('accepted');
    revoked = true;
    clock.advance(301_000);
    expect(await codeOf(decodeMessage(body, worker))).toBe('signature_key_unknown');
  });

  test('that can not be published signs nothing: the message waits', async () => {
    const { container, header, keys } = await sent();
    let down = true;
    const publish: typeof keys.publish = async (key) => {
      if (down) throw Object.assign(new Error('down'), { code: 'keys_unavailable' });
      return keys.publish(key);
    };
    const coordinator = container('coordinator', { keys: { ...keys, publish } });
    expect(await codeOf(encodeMessage({ header, payload: 1 }, coordinator))).toBe('keys_unavailable');
    down = false;
    expect(await codeOf(encodeMessage({ header, payload: 1 }, coordinator))).toBe('accepted');
  });

  test('in the row of another is nobody’s', async () => {
    const { clock, keys, ids, container, header } = await sent();
    // A row that somebody has written under his own name, naming another.
    const { published } = newKey('coordinator', ids.uuid(), clock.now());
    const find: typeof keys.find = async () => ({ ...published, sender: 'worker' });
    const worker = container('worker', { keys: { ...keys, find } });
    const body = await encodeMessage({ header, payload: 1 }, container('coordinator'));
    expect(await codeOf(decodeMessage(body, worker))).toBe('signature_key_unknown');
  });
});

describe('a deployment on its way to signatures', () => {
  test('takes what is unsigned as long as it says so, and never what is signed wrongly', async () => {
    const { container, header, body } = await sent();
    const old = await encodeMessage({ header, payload: 1 }, container('coordinator', { mode: 'off' }));
    const between = container('worker', { mode: 'accepted' });
    expect(await codeOf(decodeMessage(old, between))).toBe('accepted');
    const forged = changed(body, (message) => Object.assign(message, { payload: 2 }));
    expect(await codeOf(decodeMessage(forged, between))).toBe('signature_invalid');
    expect(await codeOf(decodeMessage(old, container('worker')))).toBe('signature_missing');
    expect(await codeOf(decodeMessage(forged, container('worker', { mode: 'off' })))).toBe('accepted');
  });
});

function signingWorldOfIntake() {
  const world = signingWorld();
  const header = world.header({ sender: 'intake', receiver: 'coordinator', message_type: 'start_run' });
  return { ...world, header };
}
