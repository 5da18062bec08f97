import { ManagedPolicy, type Role } from 'aws-cdk-lib/aws-iam';
import type { Config } from '../config.ts';
import { supports } from '../emulator-gaps.ts';
import { acknowledge } from './acknowledge.ts';

const POLICY = 'AWSXRayDaemonWriteAccess';

/** Whether this stage sends traces to X-Ray. */
export const isTraced = (config: Config): boolean => config.monitoring.tracing && supports(config, 'tracing');

/** Lets a role send traces. CDK's L2 would grant it on "*": X-Ray's actions know no resource, and AWS's own policy is the narrowest. */
export function mayTrace(role: Role): void {
  role.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName(POLICY));
  // The partition is a literal where the region is known.
  for (const partition of ['<AWS::Partition>', 'aws'])
    acknowledge(
      role,
      `AwsSolutions-IAM4[Policy::arn:${partition}:iam::aws:policy/${POLICY}]`,
      "X-Ray's write actions take no resource; AWS's own policy names them one by one.",
    );
}
