import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Session } from '../../../../bin/cloud/session.ts';
import { ANY_ROLE, createNoOpLambda, type Says } from './no-op-lambda.ts';
import { type Peer, timed } from './peer.ts';

/** The fastest on the local cloud: 10 at once are slower, and above 32 it refuses to invoke. */
const AT_ONCE = 20;

/** 1 → N → 1 as a Standard workflow: a task, an inline Map, a task. */
function definition(lambda: string): string {
  const task = { Type: 'Task', Resource: lambda };
  return JSON.stringify({
    StartAt: 'Root',
    States: {
      Root: { ...task, ResultPath: null, Next: 'FanOut' },
      FanOut: {
        Type: 'Map',
        ItemsPath: '$.items',
        MaxConcurrency: AT_ONCE,
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
export async function stepFunctionsMap({ aws, target }: Session, says: Says): Promise<Peer & { close(): void }> {
  const sfn = new SFNClient(target.settings);
  const name = `bench-map-${says.replace(' ', '-')}`;
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name,
      definition: definition(await createNoOpLambda(aws.lambda, name, says)),
      roleArn: ANY_ROLE,
    }),
  );
  return {
    close: () => sfn.destroy(),
    async run(tasks) {
      const input = JSON.stringify({ items: Array.from({ length: tasks }, (_, index) => index) });
      let executionArn: string | undefined;
      const start = async (): Promise<void> => {
        ({ executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input })));
      };
      return timed(`the Map of ${tasks}`, start, async () => {
        const { status, error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
        if (status !== 'RUNNING' && status !== 'SUCCEEDED')
          throw new Error(`the Map of ${tasks} ended as ${status}: ${error} ${cause}`);
        return status === 'SUCCEEDED';
      });
    },
  };
}
