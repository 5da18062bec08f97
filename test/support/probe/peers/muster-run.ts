import { randomUUID } from 'node:crypto';
import { publish } from '../../../../bin/cloud/request-run.ts';
import type { Session } from '../../../../bin/cloud/session.ts';
import { outputOf } from '../../../../bin/cloud/target.ts';
import { dynamoRegistryWriter } from '../../../../lambdas/adapters/aws/dynamo-registry.ts';
import { s3Blobs } from '../../../../lambdas/adapters/aws/s3-blobs.ts';
import type { WorkflowDefinition } from '../../../../lambdas/contracts/workflow-definition.ts';
import { BusTap } from '../../local-cloud/bus-tap.ts';
import { type Peer, timed } from './peer.ts';

const ENDS = ['workflow_completed', 'workflow_failed', 'workflow_rejected'];

/**
 * Runs on the platform: from `workflow_requested` on the bus to `workflow_completed` on the bus. The definitions are
 * registered beforehand, as those of a deployed system are.
 */
export async function musterRun(
  session: Session,
  definitionOf: (tasks: number) => WorkflowDefinition,
  cases: readonly number[],
): Promise<Peer & { close(): Promise<void> }> {
  const { aws, target } = session;
  const blobs = s3Blobs(aws.s3, outputOf(target, 'BlobBucketName'));
  const registry = dynamoRegistryWriter(aws.dynamo, outputOf(target, 'RegistryTableName'), blobs);
  for (const tasks of cases) await registry.registerDefinition(definitionOf(tasks));
  const tap = await BusTap.open({ eventBridge: aws.eventBridge, sqs: aws.sqs }, outputOf(target, 'BusName'), ENDS);
  return {
    close: () => tap.close(),
    run(tasks) {
      const detail = { workflow: definitionOf(tasks).name, input: {}, request_id: randomUUID() };
      return timed(
        `the run of ${tasks}`,
        () => publish(session, 'workflow_requested', detail),
        async () => {
          const end = (await tap.read()).find((event) => event.detail.request_id === detail.request_id);
          if (end && end.name !== 'workflow_completed')
            throw new Error(`the run of ${tasks} ended with ${end.name}: ${JSON.stringify(end.detail)}`);
          return end !== undefined;
        },
      );
    },
  };
}
