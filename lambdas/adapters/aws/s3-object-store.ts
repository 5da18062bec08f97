import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { SystemError } from '../../contracts/errors.ts';
import type { ObjectStore } from '../../runtime/ports.ts';
import { objectMissing } from '../object-missing.ts';
import { isServiceError, serviceCall } from './service-failure.ts';

const CODE = 'object_store_unavailable';
/** A stream can't be sent twice, so the SDK does not retry it: each try opens the file anew. */
const FILE_TRIES = 3;

/** An agent's bucket in S3. */
export function s3ObjectStore(client: S3Client, bucket: string): ObjectStore {
  async function read(key: string): Promise<Readable> {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      if (Body instanceof Readable) return Body;
    } catch (error) {
      if (isServiceError(error, 'NoSuchKey', 'NotFound')) throw objectMissing(bucket, key);
      throw error;
    }
    throw new SystemError(CODE, `S3 answered no body for "${key}"`);
  }

  async function readVersion(key: string): Promise<{ body: string; version: string } | undefined> {
    try {
      const { Body, ETag } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      if (Body instanceof Readable && ETag !== undefined) return { body: await text(Body), version: ETag };
    } catch (error) {
      if (isServiceError(error, 'NoSuchKey', 'NotFound')) return undefined;
      throw error;
    }
    throw new SystemError(CODE, `S3 answered neither body nor version for "${key}"`);
  }

  async function put(key: string, body: string | Uint8Array | Readable, type?: string, bytes?: number): Promise<void> {
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ...(type !== undefined && { ContentType: type }),
        ...(bytes !== undefined && { ContentLength: bytes }),
      }),
    );
  }

  async function putFile(key: string, path: string, type?: string, tries = FILE_TRIES): Promise<void> {
    const { size } = await stat(path);
    try {
      await put(key, createReadStream(path), type, size);
    } catch (error) {
      if (tries <= 1) throw error;
      await putFile(key, path, type, tries - 1);
    }
  }

  return {
    read: (key) => serviceCall(CODE, `reading "${key}"`, () => read(key)),

    readToFile: (key, path) =>
      serviceCall(CODE, `reading "${key}"`, async () => {
        await pipeline(await read(key), createWriteStream(path));
      }),

    write: (key, body, type) => serviceCall(CODE, `writing "${key}"`, () => put(key, body, type)),

    writeFile: (key, path, type) => serviceCall(CODE, `writing "${key}"`, () => putFile(key, path, type)),

    list: (prefix) =>
      serviceCall(CODE, `listing "${prefix}"`, async () => {
        const found: Array<{ key: string; bytes: number }> = [];
        let token: string | undefined;
        do {
          const page: ListObjectsV2CommandOutput = await client.send(
            new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...(token && { ContinuationToken: token }) }),
          );
          for (const { Key, Size } of page.Contents ?? []) if (Key) found.push({ key: Key, bytes: Size ?? 0 });
          token = page.NextContinuationToken;
        } while (token);
        return found;
      }),

    readVersion: (key) => serviceCall(CODE, `reading "${key}"`, () => readVersion(key)),

    replace: (key, body, version) =>
      serviceCall(CODE, `replacing "${key}"`, async () => {
        const condition = version === undefined ? { IfNoneMatch: '*' } : { IfMatch: version };
        try {
          await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ...condition }));
          return true;
        } catch (error) {
          if (isServiceError(error, 'PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey')) return false;
          throw error;
        }
      }),
  };
}
