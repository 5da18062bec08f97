import { setTimeout as sleep } from 'node:timers/promises';
import { CreateStateMachineCommand, DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Session } from '../../../../bin/cloud/session.ts';
import { createNoOpLambda } from './no-op-lambda.ts';
import { GIVE_UP_MS, LOOK_EVERY_MS, type Peer } from './peer.ts';

/** 1 → N → 1 as a Standard workflow: a task, an inline Map without a limit of its own, a task. */
function definition(lambda: string): string {
  const task = { Type: 'Task', Resource: lambda };
  return JSON.stringify({
    StartAt: 'Root',
    States: {
      Root: { ...task, ResultPath: null, Next: 'FanOut' },
      FanOut: {
        Type: 'Map',
        ItemsPath: '$.items',
        MaxConcurrency: 0,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'INLINE' },
          StartAt: 'Work',
          States: { Work: { ...task, End: true } },
        },
        ResultPath: '$.results',
        Next: 'Join',
      },
      Join: { ...task, End: true },
    },
  });
}

/** A Step Functions Map over a no-op Lambda. */
export async function stepFunctionsMap({ aws, target }: Session): Promise<Peer & { close(): void }> {
  const sfn = new SFNClient(target.settings);
  const lambda = await createNoOpLambda(aws.lambda, 'bench-map-worker');
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: 'bench-map',
      definition: definition(lambda),
      roleArn: 'arn:aws:iam::000000000000:role/bench',
    }),
  );
  return {
    close: () => sfn.destroy(),
    async run(tasks) {
      const input = JSON.stringify({ items: Array.from({ length: tasks }, (_, index) => index) });
      const began = performance.now();
      const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input }));
      while (performance.now() - began < GIVE_UP_MS) {
        const { status, error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
        if (status === 'SUCCEEDED') return performance.now() - began;
        if (status !== 'RUNNING') throw new Error(`the Map of ${tasks} ended as ${status}: ${error} ${cause}`);
        await sleep(LOOK_EVERY_MS);
      }
      throw new Error(`the Map of ${tasks} did not end within ${GIVE_UP_MS / 1_000} s`);
    },
  };
}
