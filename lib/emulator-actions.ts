import { Aspects, type IAspect } from 'aws-cdk-lib';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** Actions that AWS takes for a batch as well as for one, and the emulator knows by a name of their own. */
const BATCHES: Readonly<Record<string, string>> = {
  'sqs:SendMessage': 'sqs:SendMessageBatch',
  'sqs:DeleteMessage': 'sqs:DeleteMessageBatch',
  'sqs:ChangeMessageVisibility': 'sqs:ChangeMessageVisibilityBatch',
};

/** Lets roles do by the batch what they may do one by one: without this the emulator denies it under AUTH=true. */
class BatchActions implements IAspect {
  visit(node: IConstruct): void {
    if (!(node instanceof Policy)) return;
    const { Statement = [] } = (node.document.toJSON() ?? {}) as { Statement?: Array<Record<string, unknown>> };
    for (const statement of Statement) {
      const actions = [statement.Action].flat().flatMap((action) => BATCHES[String(action)] ?? []);
      if (actions.length > 0) node.addStatements(PolicyStatement.fromJson({ ...statement, Action: actions }));
    }
  }
}

export function allowBatches(scope: IConstruct): void {
  Aspects.of(scope).add(new BatchActions());
}
