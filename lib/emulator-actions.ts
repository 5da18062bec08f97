import { Aspects, type IAspect } from 'aws-cdk-lib';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** Calls that AWS allows by these actions, and the emulator by names of its own: batches, and models that are conversed with. */
const OWN_NAMES: Readonly<Record<string, string>> = {
  'sqs:SendMessage': 'sqs:SendMessageBatch',
  'sqs:DeleteMessage': 'sqs:DeleteMessageBatch',
  'sqs:ChangeMessageVisibility': 'sqs:ChangeMessageVisibilityBatch',
  'bedrock:InvokeModel': 'bedrock:Converse',
  'bedrock:InvokeModelWithResponseStream': 'bedrock:ConverseStream',
};

/** Lets roles do what they may do in AWS: without this the emulator denies it under AUTH=true. */
class OwnNames implements IAspect {
  visit(node: IConstruct): void {
    if (!(node instanceof Policy)) return;
    const { Statement = [] } = (node.document.toJSON() ?? {}) as { Statement?: Array<Record<string, unknown>> };
    for (const statement of Statement) {
      const actions = [statement.Action].flat().flatMap((action) => OWN_NAMES[String(action)] ?? []);
      if (actions.length > 0) node.addStatements(PolicyStatement.fromJson({ ...statement, Action: actions }));
    }
  }
}

export function allowOwnNames(scope: IConstruct): void {
  Aspects.of(scope).add(new OwnNames());
}
