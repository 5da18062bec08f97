import { AttributeType, ProjectionType, type Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { DataTable } from '../constructs/data-table.ts';
import { PrivateBucket } from '../constructs/private-bucket.ts';

/** The indexes of the state table, as the adapters read them. */
export const BY_TENANT = { indexName: 'by_tenant', partition: 'tenant', sort: 'requested' } as const;
export const BY_CORRELATION = { indexName: 'by_correlation', partition: 'correlated', sort: 'requested' } as const;
export const BY_WAKE = { indexName: 'by_wake', partition: 'wake_shard', sort: 'wake_at' } as const;

/** What the platform remembers: journals and runs, who is registered, who holds a claim, and large bodies. */
export class PlatformStores extends Construct {
  readonly state: Table;
  readonly registry: Table;
  readonly claims: Table;
  /** What agents have done step by step. */
  readonly ledger: Table;
  /** Accounts of budgets, rates of models, and stops of runs. */
  readonly budgets: Table;
  readonly blobs: Bucket;
  /** Journals of runs that ended long ago. */
  readonly archive: Bucket;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    this.state = new DataTable(this, 'State', { config, expires: true }).table;
    this.state.addGlobalSecondaryIndex({
      indexName: BY_TENANT.indexName,
      partitionKey: { name: BY_TENANT.partition, type: AttributeType.STRING },
      sortKey: { name: BY_TENANT.sort, type: AttributeType.STRING },
    });
    this.state.addGlobalSecondaryIndex({
      indexName: BY_CORRELATION.indexName,
      partitionKey: { name: BY_CORRELATION.partition, type: AttributeType.STRING },
      sortKey: { name: BY_CORRELATION.sort, type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.state.addGlobalSecondaryIndex({
      indexName: BY_WAKE.indexName,
      partitionKey: { name: BY_WAKE.partition, type: AttributeType.STRING },
      sortKey: { name: BY_WAKE.sort, type: AttributeType.NUMBER },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.registry = new DataTable(this, 'Registry', { config, expires: true }).table;
    this.claims = new DataTable(this, 'Claims', { config, sorted: false, expires: true }).table;
    this.ledger = new DataTable(this, 'Ledger', { config, expires: true }).table;
    this.budgets = new DataTable(this, 'Budgets', { config, expires: true }).table;
    this.archive = new PrivateBucket(this, 'Archive', { config }).bucket;
    this.blobs = new PrivateBucket(this, 'Blobs', { config, expireDays: config.blobRetentionDays }).bucket;
  }
}
