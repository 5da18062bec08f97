import { Duration } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { supports } from '../emulator-gaps.ts';
import { acknowledge } from './acknowledge.ts';
import { removalOf } from './removal.ts';

export interface PrivateBucketProps {
  readonly config: Config;
  /** Days after which objects are gone. Default: they stay. */
  readonly expireDays?: number;
}

/** A bucket that nobody reaches but by its grants: encrypted, TLS only, no public access, no ACLs. */
export class PrivateBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { config, expireDays }: PrivateBucketProps) {
    super(scope, id);
    const empty = config.removal === 'destroy' && supports(config, 'emptyBuckets');
    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: supports(config, 'tls'),
      removalPolicy: removalOf(config),
      autoDeleteObjects: empty,
      lifecycleRules: [
        {
          abortIncompleteMultipartUploadAfter: Duration.days(1),
          ...(expireDays !== undefined && { expiration: Duration.days(expireDays) }),
        },
      ],
      ...(config.kmsKeyArn === undefined
        ? { encryption: BucketEncryption.S3_MANAGED }
        : {
            encryption: BucketEncryption.KMS,
            encryptionKey: Key.fromKeyArn(this, 'Key', config.kmsKeyArn),
            bucketKeyEnabled: true,
          }),
    });
    acknowledge(
      bucket,
      'AwsSolutions-S1',
      'Only Lambdas read it; who did what is in the journal, and in CloudTrail data events where an account wants them.',
    );
    this.bucket = bucket;
  }
}
