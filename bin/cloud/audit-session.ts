import { s3AuditStore } from '../../lambdas/adapters/aws/s3-audit-store.ts';
import type { AuditStore } from '../../lambdas/runtime/audit-store.ts';
import type { Session } from './session.ts';
import { outputOf } from './target.ts';

/** The audit of a deployment, for reading. */
export function auditStoreOf({ aws, target }: Session): AuditStore {
  const bucket = outputOf(target, 'AuditBucketName');
  return s3AuditStore(aws.s3, aws.dynamo, bucket, outputOf(target, 'AuditTableName'));
}
