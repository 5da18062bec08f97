import type { Config } from './config.ts';

/**
 * What the local emulator lacks, and so what a stack for it leaves out. The only such list: no Lambda knows where it runs,
 * and no construct asks for anything but a feature of this table.
 */
const EMULATOR_GAPS = {
  archive: 'AWS::Events::Archive is an unknown type there and aborts the deploy; archives are made through the API',
  tracing: 'there is no X-Ray',
  timeoutFromInput:
    "a state's timeout is not evaluated when it is an expression; the coordinator's own deadline holds there too",
  metricMath: 'an alarm over more than one metric aborts the deploy',
  sourceCondition: 'a policy with an events:source condition denies everybody under AUTH=true',
  bootstrapRoles: "the assets bucket is enough there; CDK's bootstrap takes 17 s and its roles fail under AUTH=true",
  objectLock: 'CloudFormation makes buckets without object lock there; bin/local/reconcile.ts sets it through the API',
  writeOnce: 's3:if-none-match is no condition key there; the audit writes on that condition all the same',
  emptyBuckets: "the emulator's files are thrown away as a whole, so nothing has to empty buckets first",
} as const;
/** What it lacks besides when it enforces IAM, as for `npm run test:iam`. */
const GAPS_UNDER_IAM = {
  tls: 'it speaks HTTP, so a policy that denies calls without TLS denies them all',
  taskTokens: 'who answers a task token names no state machine there, so a right to answer those of one denies all',
  encryptionContext: 'kms:EncryptionContext is no condition key there, so a right bound to it denies all',
  actionNames: 'sqs:SendMessageBatch, bedrock:Converse and their like are actions of their own; in AWS they are not',
} as const;
export type Feature = keyof typeof EMULATOR_GAPS | keyof typeof GAPS_UNDER_IAM;

/** Whether the place this configuration deploys to has the feature. */
export function supports(config: Config, feature: Feature): boolean {
  if (config.target === 'aws') return true;
  return !(feature in EMULATOR_GAPS) && !(config.emulatorEnforcesIam && feature in GAPS_UNDER_IAM);
}
