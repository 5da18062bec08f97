import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { secretsManagerSecrets } from '../../../lambdas/adapters/aws/secrets-manager-secrets.ts';
import { stepFunctionsLifecycle } from '../../../lambdas/adapters/aws/step-functions-lifecycle.ts';
import { virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';

const sfn = mockClient(SFNClient);
const secretsManager = mockClient(SecretsManagerClient);
const named = (name: string) => Object.assign(new Error(name), { name });

beforeEach(() => {
  sfn.reset();
  secretsManager.reset();
});

describe('the lifecycle on Step Functions', () => {
  const lifecycle = stepFunctionsLifecycle(new SFNClient({ region: 'us-east-1' }), 'arn:machine');
  const input = { start_message: '{}', timeout_seconds: 60 };
  const error = { code: 'late', class: 'system' as const, message: 'too late' };

  test('starts an execution that is named by its run', async () => {
    sfn.on(StartExecutionCommand).resolves({});
    await lifecycle.start('run_1', input);
    const started = { stateMachineArn: 'arn:machine', name: 'run_1', input: JSON.stringify(input) };
    expect(sfn.commandCalls(StartExecutionCommand)[0]?.args[0].input).toEqual(started);
  });

  test('is content when the execution is there already, and only then', async () => {
    sfn
      .on(StartExecutionCommand)
      .rejectsOnce(named('ExecutionAlreadyExists'))
      .rejects(named('StateMachineDoesNotExist'));
    await lifecycle.start('run_1', input);
    await expect(lifecycle.start('run_1', input)).rejects.toMatchObject({ code: 'lifecycle_unavailable' });
  });

  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
    'ignores an answer that comes too late (%s)',
    async (name) => {
      sfn.on(SendTaskSuccessCommand).rejects(named(name));
      sfn.on(SendTaskFailureCommand).rejects(named(name));
      await lifecycle.succeed('token', { done: true });
      await lifecycle.fail('token', error);
      expect(sfn.calls()).toHaveLength(2);
    },
  );

  test('does not ignore an answer that the service could not take', async () => {
    sfn.on(SendTaskSuccessCommand).rejects(named('ThrottlingException'));
    await expect(lifecycle.succeed('token', {})).rejects.toMatchObject({
      code: 'lifecycle_unavailable',
      class: 'system',
    });
  });
});

describe('secrets on Secrets Manager', () => {
  test('are kept for five minutes; a failure is not kept', async () => {
    const clock = virtualClock();
    const secrets = secretsManagerSecrets(new SecretsManagerClient({ region: 'us-east-1' }), clock);
    secretsManager
      .on(GetSecretValueCommand)
      .rejectsOnce(named('ResourceNotFoundException'))
      .resolvesOnce({ SecretString: 'old' })
      .resolves({ SecretString: 'rotated' });
    await expect(secrets.get('db')).rejects.toMatchObject({ code: 'secret_unavailable', class: 'system' });
    expect(await secrets.get('db')).toBe('old');
    clock.advance(299_999);
    expect(await secrets.get('db')).toBe('old');
    clock.advance(1);
    expect(await secrets.get('db')).toBe('rotated');
  });

  test('are read anew at once for whoever was refused with what is kept', async () => {
    const secrets = secretsManagerSecrets(new SecretsManagerClient({ region: 'us-east-1' }), virtualClock());
    secretsManager
      .on(GetSecretValueCommand)
      .resolvesOnce({ SecretString: 'old' })
      .resolves({ SecretString: 'rotated' });
    expect(await secrets.get('db')).toBe('old');
    expect(await secrets.get('db', { fresh: true })).toBe('rotated');
    expect(await secrets.get('db')).toBe('rotated');
  });
});
