import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { acknowledge } from './acknowledge.ts';
import { removalOf } from './removal.ts';

export interface DataTableProps {
  readonly config: Config;
  /** Whether items have a sort key `sk` beside `pk`. Default: true. */
  readonly sorted?: boolean;
  /** Whether items go at `expires_at`. Default: false. */
  readonly expires?: boolean;
}

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** A table on demand, keyed by `pk` and `sk`, recoverable to any second where the stage asks for it. */
export class DataTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, { config, sorted = true, expires = false }: DataTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: text('pk'),
      ...(sorted && { sortKey: text('sk') }),
      ...(expires && { timeToLiveAttribute: 'expires_at' }),
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: config.pointInTimeRecovery },
      deletionProtection: config.removal === 'retain',
      removalPolicy: removalOf(config),
      ...(config.kmsKeyArn !== undefined && {
        encryption: TableEncryption.CUSTOMER_MANAGED,
        encryptionKey: Key.fromKeyArn(this, 'Key', config.kmsKeyArn),
      }),
    });
    if (!config.pointInTimeRecovery)
      acknowledge(
        this.table,
        'AwsSolutions-DDB3',
        'This stage holds nothing that can not be made again (pointInTimeRecovery is off).',
      );
  }
}
