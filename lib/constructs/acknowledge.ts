import { Stack, Validations } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';

/** Says why a rule of cdk-nag does not apply to this construct. `rule` is like `AwsSolutions-S1` or `Serverless-LambdaDLQ`. */
export function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: rule, reason });
}

/** Says why this role may touch every key of this bucket, and no other wildcard. */
export function acknowledgeKeys(role: Role, bucket: Bucket): void {
  const reason = 'The role may touch this one bucket, whose keys are made at run time.';
  acknowledge(role, `AwsSolutions-IAM5[Resource::${flatArn(role, bucket)}/*]`, reason);
}

/** The bucket's ARN as cdk-nag writes it: `<LogicalId.Arn>`, or the name of the export in another stack. */
function flatArn(role: Role, bucket: Bucket): string {
  const home = Stack.of(bucket);
  const arn: unknown =
    home === Stack.of(role) ? home.resolve(bucket.bucketArn) : home.resolve(home.exportValue(bucket.bucketArn));
  if (typeof arn === 'object' && arn !== null) {
    if ('Fn::ImportValue' in arn) return String(arn['Fn::ImportValue']);
    if ('Fn::GetAtt' in arn && Array.isArray(arn['Fn::GetAtt'])) return `<${arn['Fn::GetAtt'].join('.')}>`;
  }
  throw new Error(`the ARN of ${bucket.node.path} is neither an attribute nor an import`);
}
