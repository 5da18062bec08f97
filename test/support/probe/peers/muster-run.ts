import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { publish } from '../../../../bin/cloud/request-run.ts';
import type { Session } from '../../../../bin/cloud/session.ts';
import { outputOf } from '../../../../bin/cloud/target.ts';
import { dynamoRegistryWriter } from '../../../../lambdas/adapters/aws/dynamo-registry.ts';
import { s3Blobs } from '../../../../lambdas/adapters/aws/s3-blobs.ts';
import type { WorkflowDefinition } from '../../../../lambdas/contracts/workflow-definition.ts';
import { BusTap } from '../../local-cloud/bus-tap.ts';
import { GIVE_UP_MS, LOOK_EVERY_MS, type Peer } from './peer.ts';

/** A run on the platform: from `workflow_requested` on the bus to `workflow_completed` on the bus. */
export async function musterRun(
  session: Session,
  definitionOf: (tasks: number) => WorkflowDefinition,
  cases: readonly number[],
): Promise<Peer & { close(): Promise<void> }> {
  const { aws, target } = session;
  const table = outputOf(target, 'RegistryTableName');
  const registry = dynamoRegistryWriter(aws.dynamo, table, s3Blobs(aws.s3, outputOf(target, 'BlobBucketName')));
  const definitions = new Map(cases.map((tasks) => [tasks, definitionOf(tasks)]));
  for (const definition of definitions.values()) await registry.registerDefinition(definition);
  const ends = ['workflow_completed', 'workflow_failed', 'workflow_rejected'];
  const tap = await BusTap.open(
    { eventBridge: aws.eventBridge, sqs: aws.sqs },
    outputOf(target, 'BusName'),
    ends,
  );
  return {
    close: () => tap.close(),
    async run(tasks) {
      const workflow = definitions.get(tasks)?.name;
      const requestId = randomUUID();
      const began = performance.now();
      await publish(session, 'workflow_requested', { workflow, input: {}, request_id: requestId });
      while (performance.now() - began < GIVE_UP_MS) {
        const end = (await tap.read()).find(({ detail }) => detail.request_id === requestId);
        if (end?.name === 'workflow_completed') return performance.now() - began;
        if (end) throw new Error(`the run of ${tasks} ended with ${end.name}: ${JSON.stringify(end.detail)}`);
        await sleep(LOOK_EVERY_MS);
      }
      throw new Error(`the run of ${tasks} did not end within ${GIVE_UP_MS / 1_000} s`);
    },
  };
}
