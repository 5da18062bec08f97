import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { supports } from '../emulator-gaps.ts';
import { acknowledge } from './acknowledge.ts';
import { removalOf } from './removal.ts';

export interface LockedBucketProps {
  readonly config: Config;
  /** Objects under it are written once: a write that would replace one is refused, whoever makes it. */
  readonly writeOnce: string;
}

/**
 * A bucket whose objects nobody can change or remove before their time: every version is locked for as long as the
 * configuration says (`audit.lock`, `audit.retentionDays`). It outlives its stack, since it can't be emptied.
 */
export class LockedBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { config, writeOnce }: LockedBucketProps) {
    super(scope, id);
    const { lock } = config.audit;
    const locked = lock !== 'none' && supports(config, 'objectLock');
    const empty = lock === 'none' && config.removal === 'destroy' && supports(config, 'emptyBuckets');
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: supports(config, 'tls'),
      versioned: true,
      ...(locked && { objectLockEnabled: true, objectLockDefaultRetention: retentionOf(config) }),
      removalPolicy: locked ? RemovalPolicy.RETAIN : removalOf(config),
      autoDeleteObjects: empty,
      ...this.#encryption(config),
    });
    if (supports(config, 'writeOnce')) this.#refuseOverwriting(writeOnce);
    acknowledge(
      this.bucket,
      'AwsSolutions-S1',
      'It is the log: what reads and writes it is in CloudTrail data events.',
    );
  }

  #encryption({ kmsKeyArn }: Config): Partial<BucketProps> {
    if (kmsKeyArn === undefined) return { encryption: BucketEncryption.S3_MANAGED };
    const encryptionKey = Key.fromKeyArn(this, 'Key', kmsKeyArn);
    return { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true };
  }

  #refuseOverwriting(prefix: string): void {
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'WrittenOnce',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects(`${prefix}*`)],
        conditions: { Null: { 's3:if-none-match': 'true' } },
      }),
    );
  }
}

function retentionOf({ audit: { lock, retentionDays } }: Config): ObjectLockRetention {
  const duration = Duration.days(retentionDays);
  return lock === 'compliance' ? ObjectLockRetention.compliance(duration) : ObjectLockRetention.governance(duration);
}
