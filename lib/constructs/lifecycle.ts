import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { CfnStateMachine, DefinitionBody, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { supports } from '../emulator-gaps.ts';
import { acknowledge } from './acknowledge.ts';
import { sendTo, useKey } from './grants.ts';
import { isTraced, mayTrace } from './tracing.ts';

/** Seconds the coordinator has, after the deadline, to say how the run ended. */
const GRACE_SECONDS = 120;
/** Seconds that taking back what was done may last at least; it has as long as the run had (see end-run.ts). */
const LEAST_COMPENSATION_SECONDS = 900;

/** As long as the longest execution: a year. */
const LONGEST_SECONDS = 31_536_000;

export interface LifecycleProps {
  readonly config: Config;
  readonly coordinatorQueue: IQueue;
}

/**
 * One execution per run, named by the run: sends the start message with a task token to the coordinator and waits until
 * the deadline and a grace are over. Then it asks once more, with a new token, and waits as long as taking back what was
 * done may last: only the coordinator decides.
 * Input: `{ start_message: string, timeout_seconds: number }`.
 */
export class Lifecycle extends Construct {
  readonly stateMachine: StateMachine;
  readonly role: Role;

  constructor(scope: Construct, id: string, { config, coordinatorQueue }: LifecycleProps) {
    super(scope, id);
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    this.role.addToPolicy(sendTo(coordinatorQueue));
    if (config.kmsKeyArn !== undefined) this.role.addToPolicy(useKey(config.kmsKeyArn));
    const stack = Stack.of(this);
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(
        stack.toJsonString(lifecycleDefinition(config, stack.partition, coordinatorQueue.queueUrl)),
      ),
      role: this.role,
      // Runs in flight are in the journal, the execution only waits: it may go with its stack.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.#trace(config);
    acknowledge(
      this.stateMachine,
      'AwsSolutions-SF1',
      'A standard workflow keeps its whole history, and delivering it to a log takes a role on every log group (Resource "*").',
    );
  }

  #trace(config: Config): void {
    const template = this.stateMachine.node.defaultChild;
    if (!(template instanceof CfnStateMachine)) throw new Error(`${this.node.path} is not a state machine`);
    if (isTraced(config)) {
      template.tracingConfiguration = { enabled: true };
      mayTrace(this.role);
      return;
    }
    for (const rule of ['AwsSolutions-SF2', 'Serverless-StepFunctionStateMachineXray'])
      acknowledge(this.stateMachine, rule, 'Tracing is off in this stage (monitoring.tracing).');
  }
}

/** The state machine in Amazon States Language, with JSONata. */
function lifecycleDefinition(config: Config, partition: string, queueUrl: string) {
  const deadline = supports(config, 'timeoutFromInput')
    ? `{% $ceil($states.input.timeout_seconds) + ${GRACE_SECONDS} %}`
    : LONGEST_SECONDS;
  const compensation = supports(config, 'timeoutFromInput')
    ? `{% $max([$ceil($states.input.timeout_seconds), ${LEAST_COMPENSATION_SECONDS}]) + ${GRACE_SECONDS} %}`
    : LONGEST_SECONDS;
  const askCoordinator = (timeoutSeconds: string | number) => ({
    Type: 'Task',
    Resource: `arn:${partition}:states:::sqs:sendMessage.waitForTaskToken`,
    Arguments: {
      QueueUrl: queueUrl,
      MessageGroupId: '{% $states.context.Execution.Name %}',
      MessageDeduplicationId: '{% $uuid() %}',
      MessageBody: {
        start_message: '{% $states.input.start_message %}',
        task_token: '{% $states.context.Task.Token %}',
      },
    },
    TimeoutSeconds: timeoutSeconds,
    Retry: [
      {
        ErrorEquals: ['SQS.SqsException', 'SQS.SdkClientException'],
        IntervalSeconds: 2,
        MaxAttempts: 6,
        BackoffRate: 2,
        JitterStrategy: 'FULL',
      },
    ],
    Next: 'Completed',
  });
  return {
    Comment:
      'The life of one run. The coordinator decides how it ends; this waits, and asks again when it hears nothing.',
    QueryLanguage: 'JSONata',
    StartAt: 'Run',
    States: {
      Run: {
        ...askCoordinator(deadline),
        Catch: [
          { ErrorEquals: ['States.Timeout'], Output: '{% $states.input %}', Next: 'Ask again' },
          { ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput %}', Next: 'Failed' },
        ],
      },
      'Ask again': {
        ...askCoordinator(compensation),
        Catch: [
          { ErrorEquals: ['States.Timeout'], Next: 'Coordinator is silent' },
          { ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput %}', Next: 'Failed' },
        ],
      },
      Completed: { Type: 'Succeed' },
      Failed: { Type: 'Fail', Error: '{% $states.input.Error %}', Cause: '{% $states.input.Cause %}' },
      'Coordinator is silent': {
        Type: 'Fail',
        Error: 'coordinator_silent',
        Cause: 'The coordinator did not say how the run ended. See "The coordinator falls behind" in the runbook.',
      },
    },
  };
}
