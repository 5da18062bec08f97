import { DescribeTimeToLiveCommand, DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectLockConfigurationCommand, PutObjectLockConfigurationCommand, S3Client } from '@aws-sdk/client-s3';
import { LOCAL_STAGE, localSettings, outputsOf, stacksOf } from '../cloud/target.ts';

/** The tables whose items expire, and the attribute that says when; see lambdas/adapters/items/table-layout.ts. */
const EXPIRING_TABLES = ['StateTableName', 'ClaimsTableName', 'LedgerTableName', 'BudgetsTableName'];
const EXPIRES_AT = 'expires_at';

/**
 * Sets what the emulator drops from a deploy without a word, so that the local stacks are what was asked for.
 * Doing it again changes nothing.
 */
export async function reconcile(endpoint: string): Promise<void> {
  const settings = localSettings(endpoint);
  const outputs = outputsOf(await stacksOf(settings, LOCAL_STAGE));
  const dynamo = new DynamoDBClient(settings);
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  try {
    if (outputs.AuditBucketName) await lockObjects(s3, outputs.AuditBucketName);
    for (const name of EXPIRING_TABLES) {
      const table = outputs[name];
      if (table) await setTimeToLive(dynamo, table);
    }
  } finally {
    dynamo.destroy();
    s3.destroy();
  }
}

/** For a day: what CloudFormation would have set. */
async function lockObjects(s3: S3Client, bucket: string): Promise<void> {
  const known = await s3.send(new GetObjectLockConfigurationCommand({ Bucket: bucket })).catch(() => undefined);
  if (known?.ObjectLockConfiguration?.Rule) return;
  const Rule = { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } } as const;
  const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled', Rule } as const;
  await s3.send(new PutObjectLockConfigurationCommand({ Bucket: bucket, ObjectLockConfiguration }));
}

async function setTimeToLive(dynamo: DynamoDBClient, table: string): Promise<void> {
  const { TimeToLiveDescription } = await dynamo.send(new DescribeTimeToLiveCommand({ TableName: table }));
  if (TimeToLiveDescription?.TimeToLiveStatus === 'ENABLED') return;
  const specification = { AttributeName: EXPIRES_AT, Enabled: true };
  await dynamo.send(new UpdateTimeToLiveCommand({ TableName: table, TimeToLiveSpecification: specification }));
}
