import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { OcsfEvent } from '../../contracts/ocsf.ts';
import { serviceCall } from './service-failure.ts';

/**
 * Security events for a SIEM that reads a bucket: lines of OCSF under `ocsf/`, by the day on which they happened. Told
 * again, they come under the same key.
 */
export function s3Siem(client: S3Client, bucket: string) {
  return {
    tell: (events: readonly OcsfEvent[], { chain, seq }: { readonly chain: string; readonly seq: number }) =>
      serviceCall('audit_unavailable', 'writing security events', async () => {
        const day = new Date(events[0]?.time ?? 0).toISOString().slice(0, 10);
        await client.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: `ocsf/${day.replaceAll('-', '/')}/${chain}-${String(seq).padStart(12, '0')}.ndjson`,
            Body: events.map((event) => `${JSON.stringify(event)}\n`).join(''),
            ContentType: 'application/x-ndjson',
            ChecksumAlgorithm: 'SHA256',
          }),
        );
      }),
  };
}
