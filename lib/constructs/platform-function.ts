import { AssetHashType, Duration } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  CfnFunction,
  Code,
  type ILayerVersion,
  Function as LambdaFunction,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENV } from '../../lambdas/contracts/environment.ts';
import type { Assets } from '../bundling/assets.ts';
import type { Config } from '../config.ts';
import { acknowledge } from './acknowledge.ts';
import { sendTo, useKey } from './grants.ts';
import { removalOf } from './removal.ts';
import { isTraced, mayTrace } from './tracing.ts';

export interface PlatformFunctionProps {
  readonly config: Config;
  readonly assets: Assets;
  /** The handler's file, from the project's root. */
  readonly entry: string;
  /** Files beside it in the bundle, such as a worker thread: name without ending → path. */
  readonly extraEntries?: Readonly<Record<string, string>>;
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** By the names of contracts/environment.ts; stage and log level come by themselves. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly layers?: readonly ILayerVersion[];
  /** Who gets the events of asynchronous invocations that fail. Default: nobody, the function reads a queue. */
  readonly failedInvocations?: IQueue;
}

/** A Lambda with a log group and a role of its own; the role may write that log and nothing else until it is granted. */
export class PlatformFunction extends Construct {
  readonly fn: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;
  readonly timeoutSeconds: number;

  constructor(scope: Construct, id: string, props: PlatformFunctionProps) {
    super(scope, id);
    const { config, assets, failedInvocations } = props;
    this.timeoutSeconds = props.timeoutSeconds;
    this.logGroup = new LogGroup(this, 'Log', {
      retention: config.logs.retentionDays as RetentionDays,
      removalPolicy: removalOf(config),
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.allow(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [this.logGroup.logGroupArn],
      }),
    );
    if (config.kmsKeyArn !== undefined) this.allow(useKey(config.kmsKeyArn));
    if (failedInvocations) this.allow(sendTo(failedInvocations));
    const { path, hash } = assets.bundle({
      entry: props.entry,
      ...(props.extraEntries && { extraEntries: props.extraEntries }),
    });
    this.fn = new LambdaFunction(this, 'Function', {
      runtime: Runtime.NODEJS_24_X,
      architecture: config.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      handler: 'index.handler',
      code: Code.fromAsset(path, { assetHash: hash, assetHashType: AssetHashType.CUSTOM }),
      description: props.description,
      timeout: Duration.seconds(props.timeoutSeconds),
      memorySize: props.memoryMb,
      role: this.role,
      logGroup: this.logGroup,
      ...(props.layers && { layers: [...props.layers] }),
      environment: { [ENV.stage]: config.stage, [ENV.logLevel]: config.logs.level, ...props.environment },
    });
    this.#trace(config);
    this.#sendFailures(failedInvocations);
    if (failedInvocations === undefined) this.#explainNoDlq();
  }

  /** Adds to what the function may do. */
  allow(...statements: PolicyStatement[]): void {
    for (const statement of statements) this.role.addToPolicy(statement);
  }

  #trace(config: Config): void {
    if (!isTraced(config)) {
      acknowledge(this.fn, 'Serverless-LambdaTracing', 'Tracing is off in this stage (monitoring.tracing).');
      return;
    }
    this.#template.tracingConfig = { mode: 'Active' };
    mayTrace(this.role);
  }

  #sendFailures(queue: IQueue | undefined): void {
    if (queue) this.#template.deadLetterConfig = { targetArn: queue.queueArn };
  }

  #explainNoDlq(): void {
    acknowledge(
      this.fn,
      'Serverless-LambdaDLQ',
      'Lambda polls a queue for it: what fails goes to the dead-letter queue of that queue.',
    );
  }

  get #template(): CfnFunction {
    const child = this.fn.node.defaultChild;
    if (!(child instanceof CfnFunction)) throw new Error(`${this.node.path} is not a Lambda function`);
    return child;
  }
}
