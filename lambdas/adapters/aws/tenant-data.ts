import { brotliDecompressSync } from 'node:zlib';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { ARCHIVE_PREFIX } from '../../contracts/blob.ts';
import type { Json } from '../../contracts/json.ts';
import type { Blobs, Clock } from '../../runtime/ports.ts';
import { type AskMemory, memoryStore } from '../../tenancy/memory-store.ts';
import type { TenantStore } from '../../tenancy/tenant-store.ts';
import { SNAPSHOT_PREFIX } from '../items/snapshot-state.ts';
import { objectStore } from '../tenant-data/object-store.ts';
import type { OwnedTable } from '../tenant-data/owner-of.ts';
import { createOwners } from '../tenant-data/owners.ts';
import { sharedWatchesStore } from '../tenant-data/shared-watches-store.ts';
import { stateStore } from '../tenant-data/state-store.ts';
import { tableStore } from '../tenant-data/table-store.ts';
import { dynamoItemTable } from './dynamo-item-table.ts';
import { s3ObjectBucket } from './s3-object-bucket.ts';
import { type ServiceCode, serviceCall } from './service-failure.ts';

export interface TenantDataPlaces {
  readonly tables: Readonly<Record<OwnedTable, string>>;
  readonly blobBucket: string;
  readonly archiveBucket: string;
}

const CODES: Readonly<Record<OwnedTable, ServiceCode>> = {
  state: 'state_store_unavailable',
  registry: 'registry_unavailable',
  claims: 'claims_unavailable',
  ledger: 'ledger_unavailable',
  budgets: 'budgets_unavailable',
  streams: 'stream_store_unavailable',
  behaviour: 'behaviour_store_unavailable',
};

/** Everything in which something of tenants lies. Runs go last: they say whose all the rest is. */
export function tenantData(
  { dynamo, s3 }: { readonly dynamo: DynamoDBClient; readonly s3: S3Client },
  { tables, blobBucket, archiveBucket }: TenantDataPlaces,
  ports: { readonly clock: Clock; readonly blobs: Pick<Blobs, 'get'>; readonly askMemory: AskMemory },
): TenantStore[] {
  const table = (name: OwnedTable) => dynamoItemTable(dynamo, tables[name], CODES[name], name !== 'claims');
  const state = table('state');
  const owners = createOwners(state, ports.blobs);
  const rows = (name: OwnedTable): TenantStore => tableStore(name, table(name), owners);
  return [
    memoryStore(ports.askMemory),
    ...(['claims', 'ledger', 'budgets', 'streams', 'behaviour'] as const).map(rows),
    sharedWatchesStore(table('streams')),
    objectStore({
      ...{ name: 'blobs', bucket: s3ObjectBucket(s3, blobBucket), open },
      prefixes: (tenant) => [`${tenant}/`, `${SNAPSHOT_PREFIX}/${tenant}/`],
    }),
    objectStore({
      ...{ name: 'archive', bucket: s3ObjectBucket(s3, archiveBucket), open },
      prefixes: (tenant) => [`${ARCHIVE_PREFIX}/${tenant}/`],
    }),
    stateStore(state, owners, ports),
    rows('registry'),
  ];
}

/** A blob is brotli and JSON inside; anything else is shown in base64. */
async function open(bytes: Uint8Array): Promise<Json> {
  try {
    return JSON.parse(brotliDecompressSync(bytes).toString('utf8'));
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') };
  }
}

/** Parts of exports, among the tenant's blobs. */
export const exportParts = (s3: S3Client, bucket: string) => ({
  write: (tenant: string, name: string, bytes: Uint8Array): Promise<string> =>
    serviceCall('blob_store_unavailable', 'writing an export', async () => {
      const key = `${tenant}/_exports/${name}`;
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ContentType: 'application/gzip' }));
      return key;
    }),
});
