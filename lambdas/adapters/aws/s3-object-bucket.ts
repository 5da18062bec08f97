import { DeleteObjectsCommand, GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { SystemError } from '../../contracts/errors.ts';
import type { ObjectBucket } from '../tenant-data/object-store.ts';
import { isServiceError, serviceCall } from './service-failure.ts';

const CODE = 'blob_store_unavailable';
/** What one request of S3 takes. */
const BATCH = 1_000;

/** A bucket without versions: what is removed is gone. */
export function s3ObjectBucket(client: S3Client, bucket: string): ObjectBucket {
  return {
    list: (prefix, from) =>
      serviceCall(CODE, 'listing objects', async () => {
        const { Contents = [], NextContinuationToken } = await client.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...(from && { ContinuationToken: from }) }),
        );
        const keys = Contents.flatMap(({ Key }) => Key ?? []);
        return { keys, ...(NextContinuationToken && { next: NextContinuationToken }) };
      }),

    read: (key) =>
      serviceCall(CODE, 'reading an object', async () => {
        try {
          const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
          return await Body?.transformToByteArray();
        } catch (error) {
          if (isServiceError(error, 'NoSuchKey', 'NotFound')) return undefined;
          throw error;
        }
      }),

    remove: (keys) =>
      serviceCall(CODE, 'removing objects', async () => {
        for (let from = 0; from < keys.length; from += BATCH) {
          const Objects = keys.slice(from, from + BATCH).map((Key) => ({ Key }));
          const { Errors = [] } = await client.send(
            new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
          );
          if (Errors.length > 0) throw new SystemError(CODE, `${Errors.length} objects could not be removed`);
        }
      }),
  };
}
