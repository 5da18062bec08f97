import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { s3Blobs } from '../../../lambdas/adapters/aws/s3-blobs.ts';
import { s3ObjectStore } from '../../../lambdas/adapters/aws/s3-object-store.ts';

const s3 = mockClient(S3Client);
const client = new S3Client({ region: 'us-east-1' });
const blobs = s3Blobs(client, 'blobs');
const named = (name: string) => Object.assign(new Error(name), { name });

beforeEach(() => void s3.reset());

describe('blobs on S3', () => {
  test('are put on condition that they are not there yet', async () => {
    s3.on(PutObjectCommand).resolves({});
    const ref = await blobs.put('acme', { a: 1 });
    const put = s3.commandCalls(PutObjectCommand)[0]?.args[0].input;
    expect(put).toMatchObject({ Bucket: 'blobs', Key: `acme/${ref.sha256}`, IfNoneMatch: '*', ContentEncoding: 'br' });
  });

  test.each(['PreconditionFailed', 'ConditionalRequestConflict'])(
    'that are there already are stored (%s)',
    async (name) => {
      s3.on(PutObjectCommand).resolvesOnce({}).rejects(named(name));
      const first = await blobs.put('acme', { a: 1 });
      expect(await blobs.put('acme', { a: 1 })).toEqual(first);
    },
  );

  test('report a bucket that is out of reach, both ways', async () => {
    s3.onAnyCommand().rejects(named('SlowDown'));
    const unavailable = { code: 'blob_store_unavailable', class: 'system' };
    await expect(blobs.put('acme', 1)).rejects.toMatchObject(unavailable);
    const ref = { key: 'acme/x', bytes: 1, sha256: '0'.repeat(64) };
    await expect(blobs.get(ref)).rejects.toMatchObject(unavailable);
  });

  test('tell a missing object from a service that is down', async () => {
    s3.on(GetObjectCommand).rejects(named('NoSuchKey'));
    const ref = { key: 'acme/x', bytes: 1, sha256: '0'.repeat(64) };
    await expect(blobs.get(ref)).rejects.toMatchObject({ code: 'blob_missing' });
  });
});

describe('an object store on S3', () => {
  const objects = s3ObjectStore(client, 'mart');

  test('lists every page', async () => {
    s3.on(ListObjectsV2Command)
      .resolvesOnce({ Contents: [{ Key: 'a', Size: 1 }], NextContinuationToken: 'next' })
      .resolves({ Contents: [{ Key: 'b', Size: 2 }] });
    expect((await objects.list('')).map(({ key }) => key)).toEqual(['a', 'b']);
    expect(s3.commandCalls(ListObjectsV2Command)[1]?.args[0].input.ContinuationToken).toBe('next');
  });

  test('opens a file anew for each try, since a stream can be sent only once', async () => {
    s3.on(PutObjectCommand).rejectsOnce(named('SlowDown')).resolves({});
    await objects.writeFile('key', new URL(import.meta.url).pathname, 'text/plain');
    const bodies = s3.commandCalls(PutObjectCommand).map((call) => call.args[0].input.Body);
    expect(new Set(bodies).size).toBe(2);
  });

  test('replaces a text on the condition that it is still what was read, and says so when it is not', async () => {
    s3.on(PutObjectCommand)
      .resolvesOnce({})
      .rejectsOnce(named('PreconditionFailed'))
      .rejectsOnce(named('ConditionalRequestConflict'))
      .rejects(named('SlowDown'));
    expect(await objects.replace('key', 'first', undefined)).toBe(true);
    expect(await objects.replace('key', 'second', '"v1"')).toBe(false);
    expect(await objects.replace('key', 'third', '"v1"')).toBe(false);
    await expect(objects.replace('key', 'fourth', '"v1"')).rejects.toMatchObject({ class: 'system' });
    const conditions = s3
      .commandCalls(PutObjectCommand)
      .map(({ args: [{ input }] }) => [input.IfNoneMatch, input.IfMatch]);
    expect(conditions.slice(0, 2)).toEqual([
      ['*', undefined],
      [undefined, '"v1"'],
    ]);
  });

  test('gives up on a file after three tries', async () => {
    s3.on(PutObjectCommand).rejects(named('SlowDown'));
    const writing = objects.writeFile('key', new URL(import.meta.url).pathname);
    await expect(writing).rejects.toMatchObject({ code: 'object_store_unavailable', class: 'system' });
    expect(s3.commandCalls(PutObjectCommand)).toHaveLength(3);
  });
});
