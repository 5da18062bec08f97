import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { ARCHIVE_PREFIX } from '../../contracts/blob.ts';
import type { Blobs } from '../../runtime/ports.ts';
import { blobMissing, openBlob, packBlob } from '../blob-codec.ts';
import { isServiceError, serviceCall } from './service-failure.ts';

/**
 * Blobs in S3. Content-addressed: an object is written once and never changes.
 * @param archive the bucket of what lies under {@link ARCHIVE_PREFIX}; default: the same
 */
export function s3Blobs(client: S3Client, bucket: string, archive: string = bucket): Blobs {
  const CODE = 'blob_store_unavailable';
  const bucketOf = (key: string): string => (key.startsWith(`${ARCHIVE_PREFIX}/`) ? archive : bucket);
  return {
    put: (tenant, value) =>
      serviceCall(CODE, 'storing a blob', async () => {
        const { ref, bytes } = await packBlob(tenant, value);
        try {
          await client.send(
            new PutObjectCommand({
              Bucket: bucketOf(ref.key),
              Key: ref.key,
              Body: bytes,
              ContentType: 'application/json',
              ContentEncoding: 'br',
              IfNoneMatch: '*',
            }),
          );
        } catch (error) {
          // It is there already: written before (412), or at this moment by somebody else (409).
          if (!isServiceError(error, 'PreconditionFailed', 'ConditionalRequestConflict')) throw error;
        }
        return ref;
      }),

    get: (ref) =>
      serviceCall(CODE, 'claiming a blob', async () => {
        try {
          const { Body } = await client.send(new GetObjectCommand({ Bucket: bucketOf(ref.key), Key: ref.key }));
          return await openBlob(ref, (await Body?.transformToByteArray()) ?? new Uint8Array());
        } catch (error) {
          if (isServiceError(error, 'NoSuchKey', 'NotFound')) throw blobMissing(ref);
          throw error;
        }
      }),
  };
}
