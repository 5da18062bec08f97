import { randomBytes } from 'node:crypto';
import { brotliCompressSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { memoryBlobs } from '../../../lambdas/adapters/memory/memory-blobs.ts';
import { createMeter } from '../../../lambdas/adapters/memory/meter.ts';
import { type Header, WireMessage } from '../../../lambdas/contracts/envelope.ts';
import type { Json } from '../../../lambdas/contracts/json.ts';
import { LIMITS } from '../../../lambdas/contracts/limits.ts';
import { decodeHeader, decodeMessage, encodeMessage } from '../../../lambdas/runtime/message-codec.ts';
import type { Blobs } from '../../../lambdas/runtime/ports.ts';
import { NO_MESSAGE_SECURITY } from '../../../lambdas/runtime/signing/message-security.ts';

const header: Header = {
  ...{ message_id: 'm1', correlation_id: 'c1', timestamp: '2026-01-01T00:00:00.000Z', sender: 'intake' },
  ...{ receiver: 'coordinator', message_type: 'start_run', priority: 2, ttl: 300, tenant: 'acme', schema_version: 1 },
};
const plain = (blobs: Blobs = memoryBlobs(createMeter())) => ({ blobs, messageSecurity: NO_MESSAGE_SECURITY });
const text = (bytes: number): string => 'row ☂ '.repeat(Math.ceil(bytes / 8)).slice(0, bytes);
const noise = (bytes: number): string => randomBytes(bytes).toString('base64').slice(0, bytes);
const keysOf = (body: string): string[] => Object.keys(JSON.parse(body)).filter((key) => key !== 'header');

describe('a message', () => {
  const cases: Array<[string, Json, string]> = [
    ['small travels as it is', { a: [1, null, '☂'] }, 'payload'],
    ['at the limit travels as it is', 'x'.repeat(LIMITS.compressBody - 2), 'payload'],
    ['over it travels compressed', text(LIMITS.compressBody + 1), 'compressed'],
    ['that compresses to little travels compressed, however large', text(3_000_000), 'compressed'],
    ['that does not get smaller travels as it is', noise(8_000), 'payload'],
    ['that stays large travels by claim check', noise(120_000), 'claim'],
  ];
  test.each(cases)('%s', async (_name, payload, way) => {
    const blobs = memoryBlobs(createMeter());
    const body = await encodeMessage({ header, payload }, plain(blobs));
    expect(keysOf(body)).toEqual([way]);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(LIMITS.inlineBody);
    expect(WireMessage.safeParse(JSON.parse(body)).success).toBe(true);
    expect(await decodeMessage(body, plain(blobs))).toEqual({ header, payload });
    expect(decodeHeader(body)).toEqual(header);
  });

  test('holds no character that SQS refuses, and loses none', async () => {
    const blobs = memoryBlobs(createMeter());
    const payload = { odd: '\ufffe and \uffff' };
    const body = await encodeMessage({ header, payload }, plain(blobs));
    expect(body).not.toMatch(/[\ufffe\uffff]/);
    expect(await decodeMessage(body, plain(blobs))).toEqual({ header, payload });
  });

  test('keeps null and false payloads apart from none', async () => {
    const blobs = memoryBlobs(createMeter());
    for (const payload of [null, false, 0, '']) {
      const body = await encodeMessage({ header, payload }, plain(blobs));
      expect(await decodeMessage(body, plain(blobs))).toEqual({ header, payload });
    }
  });

  test('of more than 20 MB is refused before it is sent', async () => {
    const blobs = memoryBlobs(createMeter());
    const huge = encodeMessage({ header, payload: 'x'.repeat(21 * 1024 * 1024) }, plain(blobs));
    await expect(huge).rejects.toMatchObject({ code: 'payload_too_large', class: 'data' });
  });

  test('that opens to more than 20 MB is refused as the bomb it is', async () => {
    const bomb = brotliCompressSync(Buffer.from(JSON.stringify('x'.repeat(21 * 1024 * 1024)))).toString('base64');
    const body = JSON.stringify({ header, compressed: bomb });
    expect(body.length).toBeLessThan(1_000);
    const opened = decodeMessage(body, plain());
    await expect(opened).rejects.toMatchObject({ code: 'payload_too_large', class: 'data' });
  });

  test('may not claim what belongs to another tenant', async () => {
    const blobs = memoryBlobs(createMeter());
    const claim = await blobs.put('other', { private: true });
    const opened = decodeMessage(JSON.stringify({ header, claim }), plain(blobs));
    await expect(opened).rejects.toMatchObject({ code: 'claim_foreign', class: 'data' });
  });

  test.each([
    ['not JSON', 'not JSON', /not JSON/],
    ['no object', '[1]', /no object/],
    ['null', 'null', /no object/],
    ['no header', '{"payload":1}', /header/],
    ['a wrong header field', JSON.stringify({ header: { ...header, priority: 9 }, payload: 1 }), /header: priority/],
    ['a body that is missing', JSON.stringify({ header }), /not exactly one of payload, compressed, claim/],
    ['a claim that is no ticket', JSON.stringify({ header, claim: { key: 'acme/x' } }), /valid claim/],
    ['bytes that are not brotli', JSON.stringify({ header, compressed: 'AAAA' }), /neither brotli nor JSON/],
    ['brotli without JSON', JSON.stringify({ header, compressed: brotliCompressSync('{').toString('base64') }), /JSON/],
  ])('with %s is malformed, and the reason says so', async (_name, body, reason) => {
    const opened = decodeMessage(body, plain());
    await expect(opened).rejects.toMatchObject({ code: 'message_malformed', class: 'data' });
    await expect(opened).rejects.toThrow(reason);
  });

  test('gets the header’s defaults when an older sender left them out', () => {
    const { priority: _priority, ttl: _ttl, schema_version: _version, ...older } = header;
    expect(decodeHeader(JSON.stringify({ header: older, payload: 1 }))).toEqual(header);
  });
});
