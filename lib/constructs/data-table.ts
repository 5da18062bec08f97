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
  /** Why no backup may hold it, whatever the stage says. Default: the stage decides. */
  readonly neverBackedUp?: string;
}

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** A table on demand, keyed by `pk` and `sk`, recoverable to any second where the stage asks for it. */
export class DataTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, props: DataTableProps) {
    super(scope, id);
    const { config, sorted = true, expires = false, neverBackedUp } = props;
    const pointInTimeRecoveryEnabled = config.pointInTimeRecovery && neverBackedUp === undefined;
    this.table = new Table(this, 'Table', {
      partitionKey: text('pk'),
      ...(sorted && { sortKey: text('sk') }),
      ...(expires && { timeToLiveAttribute: 'expires_at' }),
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled },
      deletionProtection: config.removal === 'retain',
      removalPolicy: removalOf(config),
      ...(config.kmsKeyArn !== undefined && {
        encryption: TableEncryption.CUSTOMER_MANAGED,
        encryptionKey: Key.fromKeyArn(this, 'Key', config.kmsKeyArn),
      }),
    });
    if (!pointInTimeRecoveryEnabled)
      acknowledge(
        this.table,
        'AwsSolutions-DDB3',
        neverBackedUp ?? 'This stage holds nothing that can not be made again (pointInTimeRecovery is off).',
      );
  }
}
