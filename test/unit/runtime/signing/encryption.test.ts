import { describe, expect, test } from '@jest/globals';
import { decodeMessage, encodeMessage } from '../../../../lambdas/runtime/message-codec.ts';
import { encrypt } from '../../../../lambdas/runtime/signing/jwe.ts';
import { heardOnChannel, signedBus } from '../../../../lambdas/runtime/signing/signed-bus.ts';
import { codeOf, signingWorld } from './world.ts';

const SECRET = { iban: 'DE02120300000000202051', note: 'strictly between us' };
type Parsed = { header: Record<string, string>; encrypted: { [part: string]: string }; signature: string };

/** Moves a body to another message, which its sender signs: only the encryption can tell. */
async function moved(world: ReturnType<typeof signingWorld>, body: string, to: object): Promise<string> {
  const { encrypted }: Parsed = JSON.parse(body);
  const header = world.header(to);
  const { messageSecurity } = world.container('coordinator');
  const signature = await messageSecurity.sign(header, { form: 'encrypted', text: JSON.stringify(encrypted) });
  return JSON.stringify({ header, encrypted, signature });
}

async function closed(more: object = {}) {
  const world = signingWorld();
  const header = world.header(more);
  const body = await encodeMessage({ header, payload: SECRET }, world.container('coordinator'), { confidential: true });
  return { world, header, body, worker: world.container('worker') };
}

describe('an encrypted body', () => {
  test('shows nothing of itself, and opens for its receiver', async () => {
    const { header, body, worker } = await closed();
    expect(body).not.toMatch(/DE02|between/);
    expect(
      Buffer.from((JSON.parse(body) as Parsed).encrypted.ciphertext ?? '', 'base64url').toString('latin1'),
    ).not.toMatch(/DE02/);
    expect(await decodeMessage(body, worker, 'worker')).toEqual({ header, payload: SECRET });
  });

  test.each([
    ['another tenant', { tenant: 'other' }],
    ['another receiver', { receiver: 'other' }],
    ['another message', { message_id: 'another' }],
  ])('that was moved to %s is refused, though a sender has signed it', async (_name, to) => {
    const { world, header, body, worker } = await closed({ message_id: 'this one' });
    const same = await moved(world, body, header);
    expect(await codeOf(decodeMessage(same, worker))).toBe('accepted');
    const other = await moved(world, body, { message_id: 'this one', ...to });
    expect(await codeOf(decodeMessage(other, worker))).toBe('encryption_refused');
  });

  test('whose key was made for somebody else is refused by the key service alone', async () => {
    const { world, header, worker } = await closed();
    const { messageSecurity } = world.container('coordinator');
    const foreign = world.container('coordinator', {
      // It lies about the context in which its keys are made.
      keyService: {
        make: () => world.keyService.make({ tenant: 'other', receiver: 'worker' }),
        unwrap: world.keyService.unwrap,
      },
    });
    const bound = { tenant: header.tenant, receiver: header.receiver, messageId: header.message_id };
    const jwe = await foreign.messageSecurity.encrypt(() => Buffer.from('x'), bound, true);
    const text = JSON.stringify(jwe);
    const signature = await messageSecurity.sign(header, { form: 'encrypted', text });
    const body = `{"header":${JSON.stringify(header)},"encrypted":${text},"signature":"${signature}"}`;
    expect(await codeOf(decodeMessage(body, worker))).toBe('encryption_refused');
  });

  test('of which any part was changed is refused', async () => {
    const { world, header, body, worker } = await closed();
    const { encrypted }: Parsed = JSON.parse(body);
    for (const part of ['iv', 'ciphertext', 'tag', 'protected']) {
      const bytes = Buffer.from(encrypted[part] ?? '', 'base64url');
      bytes[3] = (bytes[3] ?? 0) ^ 1;
      const changed = JSON.stringify({ header, encrypted: { ...encrypted, [part]: bytes.toString('base64url') } });
      const code = await codeOf(decodeMessage(await moved(world, changed, header), worker));
      expect([part, code]).toEqual([part, 'encryption_refused']);
    }
  });

  test.each([
    [{ alg: 'none', enc: 'A256GCM' }],
    [{ alg: 'dir', enc: 'A128GCM' }],
    [{ alg: 'dir', enc: 'A128CBC-HS256' }],
    [{ alg: 'RSA1_5', enc: 'A256GCM' }],
    [{ alg: 'dir', enc: 'A256GCM', zip: 'DEF' }],
  ])('that names %j is refused, whatever the key', async (claims) => {
    const { world, header, worker } = await closed();
    const key = await world.keyService.make({ tenant: header.tenant, receiver: header.receiver });
    const bound = { tenant: header.tenant, receiver: header.receiver, messageId: header.message_id };
    const jwe = encrypt(Buffer.from('x'), bound, key);
    const named = { ...claims, typ: 'muster-message+jwe', wrapped: key.wrapped };
    const body = JSON.stringify({
      header,
      encrypted: { ...jwe, protected: Buffer.from(JSON.stringify(named)).toString('base64url') },
    });
    expect(await codeOf(decodeMessage(await moved(world, body, header), worker))).toBe('encryption_refused');
  });

  test('travels by claim check when it is large, and the claim shows nothing either', async () => {
    const world = signingWorld();
    const noise = Array.from({ length: 20_000 }, (_, n) => Math.sin(n));
    const header = world.header();
    const coordinator = world.container('coordinator');
    const body = await encodeMessage({ header, payload: noise }, coordinator, { confidential: true });
    const { encrypted }: { encrypted: { claim: Parameters<typeof world.blobs.get>[0] } } = JSON.parse(body);
    expect(body.length).toBeLessThan(2_000);
    expect(Object.keys((await world.blobs.get(encrypted.claim)) ?? {})).toEqual([
      'protected',
      'iv',
      'ciphertext',
      'tag',
    ]);
    expect((await decodeMessage(body, world.container('worker'))).payload).toEqual(noise);
  });

  test('is asked for by the tenant, and of no other', async () => {
    const world = signingWorld();
    const coordinator = world.container('coordinator', { encryptFor: ['acme'] });
    const form = async (tenant: string, message_type = 'task_assignment'): Promise<string | undefined> => {
      const body = await encodeMessage({ header: world.header({ tenant, message_type }), payload: 1 }, coordinator);
      return Object.keys(JSON.parse(body)).find((key) => key !== 'header' && key !== 'signature');
    };
    expect(await form('acme')).toBe('encrypted');
    expect(await form('other')).toBe('payload');
    // It has no content, and those who pass it on may not decrypt.
    expect(await form('acme', 'wake_run')).toBe('payload');
  });

  test('says what is missing when there is no key for it', async () => {
    const world = signingWorld();
    const poor = world.container('coordinator', { keyService: undefined });
    const encoded = encodeMessage({ header: world.header(), payload: 1 }, poor, { confidential: true });
    expect(await codeOf(encoded)).toBe('encryption_not_configured');
  });

  test('costs the key service one call per tenant and receiver, not one per message', async () => {
    const world = signingWorld();
    const calls = { make: 0, unwrap: 0 };
    const keyService: typeof world.keyService = {
      make(context) {
        calls.make += 1;
        return world.keyService.make(context);
      },
      unwrap(context, wrapped) {
        calls.unwrap += 1;
        return world.keyService.unwrap(context, wrapped);
      },
    };
    const coordinator = world.container('coordinator', { keyService });
    const worker = world.container('worker', { keyService });
    for (let n = 0; n < 100; n += 1) {
      const header = world.header({ tenant: n % 2 === 0 ? 'acme' : 'other' });
      const body = await encodeMessage({ header, payload: n }, coordinator, { confidential: true });
      expect((await decodeMessage(body, worker)).payload).toBe(n);
    }
    expect(calls).toEqual({ make: 2, unwrap: 2 });
    world.clock.advance(301_000);
    await encodeMessage({ header: world.header(), payload: 1 }, coordinator, { confidential: true });
    expect(calls.make).toBe(3);
  });
});

describe('a confidential channel', () => {
  const CHANNEL = 'channel.ledger.entry';
  async function said() {
    const world = signingWorld();
    const events: Array<{ source: string; name: string; detail: Record<string, never> }> = [];
    const raw = {
      publish: async () => {},
      publishToChannel: async (source: string, name: string, detail: object) =>
        void events.push(JSON.parse(JSON.stringify({ source, name, detail }))),
    };
    const { messageSecurity } = world.container('clerk');
    const bus = signedBus(raw, messageSecurity, [CHANNEL]);
    await bus.publishToChannel('muster.agent.clerk', CHANNEL, { ...SECRET, tenant: 'acme', correlation_id: 'c1' }, 1);
    const [event] = events;
    if (!event) throw new Error('nothing was said');
    return { world, bus, event, reader: world.container('reader').messageSecurity };
  }

  test('shows tenant and correlation, and nothing of what is said', async () => {
    const { event, reader } = await said();
    expect(JSON.stringify(event)).not.toMatch(/DE02|between/);
    expect(event.detail).toMatchObject({ tenant: 'acme', correlation_id: 'c1' });
    expect(await heardOnChannel(event, reader)).toMatchObject({ ...SECRET, tenant: 'acme' });
  });

  test('is opened for no other tenant, and under no other channel’s name', async () => {
    const { world, event, reader } = await said();
    const sign = async (name: string, { muster_signature: _, ...detail }: Record<string, never>) => ({
      ...{ source: event.source, name },
      detail: {
        ...detail,
        muster_signature: (await world.container('clerk').messageSecurity.signEvent(name, detail)) ?? '',
      },
    });
    expect(await codeOf(heardOnChannel(await sign(CHANNEL, event.detail), reader))).toBe('accepted');
    const other = { ...event.detail, tenant: 'other' } as unknown as Record<string, never>;
    expect(await codeOf(heardOnChannel(await sign(CHANNEL, other), reader))).toBe('encryption_refused');
    expect(await codeOf(heardOnChannel(await sign('channel.other', event.detail), reader))).toBe('encryption_refused');
  });

  test('takes no word of an agent that the agent has not signed', async () => {
    const { event, reader } = await said();
    const { muster_signature: _, ...unsigned } = event.detail;
    expect(await codeOf(heardOnChannel({ ...event, detail: unsigned }, reader))).toBe('signature_missing');
    expect(await codeOf(heardOnChannel({ ...event, source: 'muster.agent.boss' }, reader))).toBe(
      'signature_key_unknown',
    );
    // Who is no agent was let on the bus by its policy.
    expect(await codeOf(heardOnChannel({ source: 'shop', name: CHANNEL, detail: { a: 1 } }, reader))).toBe('accepted');
  });

  test('lets no agent set the fields of the platform', async () => {
    const { bus } = await said();
    for (const field of ['muster_signature', 'muster_sealed'])
      expect(await codeOf(bus.publishToChannel('muster.agent.clerk', 'channel.x', { [field]: 1 }))).toBe(
        'reserved_field',
      );
  });
});
