import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENV } from '../../lambdas/contracts/environment.ts';
import type { Assets } from '../bundling/assets.ts';
import type { Config } from '../config.ts';
import { identitySettings } from '../identity-config.ts';
import { acknowledge } from './acknowledge.ts';
import { FunctionAlarms } from './function-alarms.ts';
import { itemsUnder, sendTo } from './grants.ts';
import type { MessageKeys } from './message-keys.ts';
import { PlatformFunction } from './platform-function.ts';
import { removalOf } from './removal.ts';

export interface IdentityProps {
  readonly config: Config;
  readonly assets: Assets;
  readonly registry: Table;
  readonly auditQueue: IQueue;
  /** What its schedule could not make it do. */
  readonly undelivered: IQueue;
}

const TIMEOUT_SECONDS = 60;

/** The variable by which a Lambda that checks tokens knows whose it takes. */
export const identityEnvironment = (config: Config): Readonly<Record<string, string>> => ({
  [ENV.identity]: JSON.stringify(identitySettings(config.identity, config.stage)),
});

/** Where the keys of agents are, for a Lambda that takes their tokens; it may read them, and the registry of agents. */
export const agentTokenEnvironment = ({ table }: MessageKeys): Readonly<Record<string, string>> => ({
  [ENV.messageKeysTable]: table.tableName,
});

/** What checking tokens takes: the public keys, and what was taken back. */
export const tokenChecks = (registry: Table): PolicyStatement[] => [
  itemsUnder(registry, ['TOKEN-KEYS'], 'Get'),
  revocationChecks(registry),
];

/** What looking takes whether one was taken back that was checked before. */
export const revocationChecks = (registry: Table): PolicyStatement => itemsUnder(registry, ['REVOKED'], 'BatchGet');

/**
 * The embedded issuer: a secret with the keys that sign tokens, and the one Lambda that changes them. No other Lambda reads
 * it; whoever runs `muster token` needs the right to. Nothing of it exists where an OpenID provider issues the tokens.
 */
export class Identity extends Construct {
  /** The ARN; undefined with an OpenID provider. */
  readonly secretArn: string | undefined;

  constructor(scope: Construct, id: string, { config, assets, registry, auditQueue, undelivered }: IdentityProps) {
    super(scope, id);
    if (config.identity.mode === 'oidc') return;
    // Without a value: the first key is made where it is used, so that it never stood in a template.
    const secret = new CfnSecret(this, 'SigningKeys', {
      description: 'The private keys that sign the tokens of Muster; changed by the platform alone',
      ...(config.kmsKeyArn !== undefined && { kmsKeyId: config.kmsKeyArn }),
    });
    secret.applyRemovalPolicy(removalOf(config));
    acknowledge(
      secret,
      'AwsSolutions-SMG4',
      "The platform's own Lambda rotates it by its own schedule, with keys published before they are used.",
    );
    // The ARN by its attribute: the emulator's reference is the name, which no policy means.
    const arn = secret.attrId;
    this.secretArn = arn;
    const { rotateDays } = config.identity;
    const rotation = new PlatformFunction(this, 'Rotation', {
      config,
      assets,
      entry: 'lambdas/platform/identity/schedule-handler.ts',
      description: 'Each hour looks whether it is time for a new key that signs tokens',
      timeoutSeconds: TIMEOUT_SECONDS,
      memoryMb: 256,
      failedInvocations: undelivered,
      environment: {
        ...identityEnvironment(config),
        [ENV.registryTable]: registry.tableName,
        [ENV.signingKeysSecret]: arn,
        [ENV.auditQueue]: auditQueue.queueUrl,
        [ENV.rotateKeysDays]: String(rotateDays),
      },
    });
    rotation.allow(
      new PolicyStatement({
        actions: ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
        resources: [arn],
      }),
      itemsUnder(registry, ['TOKEN-KEYS'], 'Get', 'Put'),
      sendTo(auditQueue),
    );
    new FunctionAlarms(rotation, 'Alarms', {
      config,
      owner: "the platform's Identity",
      errorImpact: 'Keys that sign tokens get old; everybody who has a token, or gets one, is let in as before.',
      fn: rotation.fn,
      timeoutSeconds: TIMEOUT_SECONDS,
      errorsHeading: 'a-platform-lambda-fails',
    });
    new Rule(this, 'EachHour', { schedule: Schedule.rate(Duration.hours(1)) }).addTarget(
      new LambdaFunction(rotation.fn, {
        deadLetterQueue: undelivered,
        retryAttempts: 0,
        maxEventAge: Duration.minutes(1),
      }),
    );
  }
}
