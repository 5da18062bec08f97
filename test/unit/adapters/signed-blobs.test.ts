import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { objectRequests } from '../../../lambdas/adapters/aws/object-request.ts';
import { signedBlobs } from '../../../lambdas/adapters/aws/signed-blobs.ts';
import type { Blobs } from '../../../lambdas/runtime/ports.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

const credentials = () => ({ accessKeyId: 'AKIA', secretAccessKey: 'secret' });
let server: Server;
let answers: Answer[];
let seen: IncomingMessage[];
let stored: Map<string, Buffer>;
let blobs: Blobs;

/** A bucket, as far as blobs use it. */
const bucket: Answer = (request, response, body) => {
  const key = request.url ?? '';
  const there = stored.get(key);
  if (request.method === 'GET') {
    if (there) response.writeHead(200, { 'content-encoding': 'br' }).end(there);
    else response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
  } else {
    if (!there) stored.set(key, body);
    response.writeHead(there ? 412 : 200).end();
  }
};
const say =
  (status: number, body = ''): Answer =>
  (_request, response) =>
    void response.writeHead(status).end(body);

beforeEach(async () => {
  answers = [];
  seen = [];
  stored = new Map();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push(request);
      (answers.shift() ?? bucket)(request, response, Buffer.concat(chunks));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const settings = { region: 'us-east-1', endpoint: `http://127.0.0.1:${port}` };
  blobs = signedBlobs(objectRequests(settings, 'blobs', credentials, async () => {}));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe('blobs on S3 without its client', () => {
  test('come back as they were put, signed with their own hash and on condition that they are new', async () => {
    const ref = await blobs.put('acme', { rows: ['☂'] });
    expect(await blobs.get(ref)).toEqual({ rows: ['☂'] });
    expect(seen[0]?.url).toBe(`/blobs/acme/${ref.sha256}`);
    expect(seen[0]?.headers).toMatchObject({ 'if-none-match': '*', 'x-amz-content-sha256': ref.sha256 });
    expect(seen[0]?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIA\//);
  });

  test('put twice are one', async () => {
    const first = await blobs.put('acme', 1);
    expect(await blobs.put('acme', 1)).toEqual(first);
    expect(stored.size).toBe(1);
  });

  test('are tried again while S3 is busy', async () => {
    answers = [say(503), say(500)];
    await blobs.put('acme', 1);
    expect(seen).toHaveLength(3);
  });

  test('report a bucket that stays busy, and one that refuses at once', async () => {
    answers = Array.from({ length: 5 }, () => say(503, '<Error><Code>SlowDown</Code></Error>'));
    const unavailable = { code: 'blob_store_unavailable', class: 'system' };
    await expect(blobs.put('acme', 1)).rejects.toMatchObject(unavailable);
    expect(seen).toHaveLength(5);
    answers = [say(403, '<Error><Code>AccessDenied</Code></Error>')];
    await expect(blobs.put('acme', 1)).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringContaining('AccessDenied'),
    });
    expect(seen).toHaveLength(6);
  });

  test('tell a missing blob from a missing bucket', async () => {
    const ref = { key: `acme/${'0'.repeat(64)}`, bytes: 1, sha256: '0'.repeat(64) };
    await expect(blobs.get(ref)).rejects.toMatchObject({ code: 'blob_missing' });
    answers = [say(404, '<Error><Code>NoSuchBucket</Code></Error>')];
    await expect(blobs.get(ref)).rejects.toMatchObject({ code: 'blob_store_unavailable' });
  });
});
