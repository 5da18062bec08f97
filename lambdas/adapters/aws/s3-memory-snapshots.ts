import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { MemorySnapshots } from '../../runtime/memory/memory-stores.ts';
import { isServiceError, serviceCall } from './service-failure.ts';

const CODE = 'memory_unavailable';

/** Snapshots in a bucket without versions: an object that is removed is gone. A pool has one or two at a time. */
export function s3MemorySnapshots(client: S3Client, bucket: string): MemorySnapshots {
  async function under(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    let from: string | undefined;
    do {
      const page = await client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...(from && { ContinuationToken: from }) }),
      );
      keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
      from = page.NextContinuationToken;
    } while (from);
    return keys.sort();
  }

  return {
    write: (name, body) =>
      serviceCall(CODE, 'writing a snapshot', async () => {
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: name, Body: body, ContentLength: body.length }));
      }),

    read: (name) =>
      serviceCall(CODE, 'reading a snapshot', async () => {
        try {
          const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: name }));
          return await Body?.transformToByteArray();
        } catch (error) {
          if (isServiceError(error, 'NoSuchKey', 'NotFound')) return undefined;
          throw error;
        }
      }),

    remove: (name) =>
      serviceCall(CODE, 'removing a snapshot', async () => {
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: name }));
      }),

    list: ({ tenant, pool }) => serviceCall(CODE, 'listing snapshots', () => under(`${tenant}/${pool}/`)),
    listTenant: (tenant) => serviceCall(CODE, 'listing snapshots', () => under(`${tenant}/`)),
  };
}
