import type { Config } from '../../../lib/config.ts';

/** What a policy of AWS itself is called that lets a role send traces: X-Ray's actions know no resource. */
const TRACES = "has AWS's AWSXRayDaemonWriteAccess";

const isTraced = ({ monitoring, target }: Config): boolean => monitoring.tracing && target === 'aws';

/** The key of a deployment that brings its own. */
export const usesKey = ({ kmsKeyArn }: Config): string[] =>
  kmsKeyArn === undefined ? [] : [`kms:Decrypt GenerateDataKey on ${shortArn(kmsKeyArn)}`];

/** An ARN of a configuration: wherever it is, it stays there. */
export const shortArn = (arn: string): string => arn.replace(/^arn:aws:/, 'arn:');

export const traces = (config: Config): string[] => (isTraced(config) ? [TRACES] : []);

/** What every Lambda is let do: be one, log, send traces, use the deployment's key. */
export const isLambda = (name: string, config: Config): string[] => [
  'lambda.amazonaws.com may sts:AssumeRole',
  `logs:CreateLogStream PutLogEvents on ${name}`,
  ...traces(config),
  ...usesKey(config),
];

/** What taking messages out of queues takes. */
export const takesFrom = (...queues: readonly string[]): string =>
  `sqs:ReceiveMessage DeleteMessage GetQueueAttributes ChangeMessageVisibility on ${queues.join(', ')}`;

/** Publishing under a name of one's own, where the bus can tell. */
export const speaksAs = (source: string, { target }: Config): string =>
  `events:PutEvents on Events${target === 'aws' ? ` when StringEquals events:source ${source}` : ''}`;

export const under = (...keys: readonly string[]): string =>
  `ForAllValues:StringLike dynamodb:LeadingKeys ${[...keys].sort().join('|')}`;

/** A secret of this account by its name, or any by its ARN. */
export const readsSecret = (name: string): string =>
  `secretsmanager:GetSecretValue on ${name.startsWith('arn:') ? shortArn(name) : `arn:secretsmanager:REGION:ACCOUNT:secret:${name}-??????`}`;

/** Nobody reaches it without TLS. The emulator speaks none, and says so only where it enforces IAM. */
export const tlsOnly = (action: string, { emulatorEnforcesIam, target }: Config, principal = 'AWS *'): string[] =>
  emulatorEnforcesIam && target === 'emulator'
    ? []
    : [`never: ${principal} may ${action} on itself when Bool aws:SecureTransport false`];

/** A rule of the bus puts events on a queue. On one with a key, it is any of this account: EventBridge hides which from KMS. */
export const hears = ({ kmsKeyArn }: Config, ...rules: readonly string[]): string[] =>
  rules.map((rule) => {
    const who = kmsKeyArn === undefined ? `ArnEquals aws:SourceArn ${rule}` : 'StringEquals aws:SourceAccount ACCOUNT';
    return `events.amazonaws.com may sqs:GetQueueAttributes GetQueueUrl SendMessage on itself when ${who}`;
  });

/** What a rule of the bus could not deliver. */
export const undelivered = (...rules: readonly string[]): string[] =>
  rules.map((rule) => `events.amazonaws.com may sqs:SendMessage on itself when ArnEquals aws:SourceArn ${rule}`);
