import {
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Lifecycle } from '../../runtime/ports.ts';
import { isServiceError, serviceCall } from './service-failure.ts';

const CODE = 'lifecycle_unavailable';
/** What Step Functions answers for a token that was answered before, timed out, or belongs to an ended execution. */
const TOKEN_IS_OVER = ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'];

/** The execution around each run, named by the run. */
export function stepFunctionsLifecycle(client: SFNClient, stateMachineArn: string): Lifecycle {
  const answer = (operation: string, call: () => Promise<unknown>): Promise<void> =>
    serviceCall(CODE, operation, async () => {
      try {
        await call();
      } catch (error) {
        if (!isServiceError(error, ...TOKEN_IS_OVER)) throw error;
      }
    });

  return {
    start: (runId, input) =>
      serviceCall(CODE, 'starting a lifecycle', async () => {
        try {
          await client.send(new StartExecutionCommand({ stateMachineArn, name: runId, input: JSON.stringify(input) }));
        } catch (error) {
          if (!isServiceError(error, 'ExecutionAlreadyExists')) throw error;
        }
      }),

    succeed: (taskToken, output) =>
      answer('answering a task token', () =>
        client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) })),
      ),

    fail: (taskToken, error) =>
      answer('failing a task token', () =>
        client.send(new SendTaskFailureCommand({ taskToken, error: error.code, cause: JSON.stringify(error) })),
      ),
  };
}
