import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { stacksOf, type Target } from './target.ts';

/** The log groups of a deployment: those its stacks make, and Lambda's default ones of its functions. */
export async function logGroupsOf(target: Target): Promise<string[]> {
  const client = new CloudFormationClient(target.settings);
  const groups = new Set<string>();
  try {
    for (const { StackName } of await stacksOf(target.settings, target.stage)) {
      for await (const page of paginateListStackResources({ client }, { StackName })) {
        for (const { ResourceType, PhysicalResourceId } of page.StackResourceSummaries ?? []) {
          if (!PhysicalResourceId) continue;
          if (ResourceType === 'AWS::Logs::LogGroup') groups.add(PhysicalResourceId);
          if (ResourceType === 'AWS::Lambda::Function') groups.add(`/aws/lambda/${PhysicalResourceId}`);
        }
      }
    }
  } finally {
    client.destroy();
  }
  return [...groups].sort();
}
