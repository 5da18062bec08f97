import type { IssuedToken } from '../../lambdas/access/issue-token.ts';
import { issueToken, type TokenRequest } from '../../lambdas/access/issue-token.ts';
import { type RotationPolicy, signingKey } from '../../lambdas/access/key-ring.ts';
import type { Revocations } from '../../lambdas/access/ports.ts';
import { type Rotation, rotateKeys } from '../../lambdas/access/rotate-keys.ts';
import { dynamoTokenKeys } from '../../lambdas/adapters/aws/dynamo-token-keys.ts';
import { dynamoTokenRevocations } from '../../lambdas/adapters/aws/dynamo-token-revocations.ts';
import { secretTokenKeys } from '../../lambdas/adapters/aws/secret-token-keys.ts';
import { sqsQueues } from '../../lambdas/adapters/aws/sqs-queues.ts';
import { systemClock, systemIds } from '../../lambdas/adapters/system.ts';
import { IdentitySettings } from '../../lambdas/contracts/identity-settings.ts';
import type { SecurityEvent } from '../../lambdas/contracts/security-events.ts';
import { createAuditLog } from '../../lambdas/runtime/audit-log.ts';
import { CliError } from '../cli-error.ts';
import type { Session } from './session.ts';
import { outputOf } from './target.ts';

/** The deployment's own issuer of tokens, for whoever may read its keys. */
export interface Issuer {
  readonly settings: IdentitySettings;
  /** Makes the first key if there is none yet. */
  issue(request: TokenRequest): Promise<IssuedToken>;
  /** @param atOnce nothing that was signed before counts any longer */
  rotate(atOnce: boolean): Promise<Rotation>;
}

export const settingsOf = ({ target }: Pick<Session, 'target'>): IdentitySettings =>
  IdentitySettings.parse(JSON.parse(outputOf(target, 'IdentitySettings')));

export const revocationsOf = ({ aws, target }: Session): Revocations =>
  dynamoTokenRevocations(aws.dynamo, outputOf(target, 'RegistryTableName'), systemClock);

/**
 * Puts it into the audit. Called before a token is shown, and after one is taken back: that can't wait for an audit that is down.
 * @throws CliError when the audit can't be told
 */
export async function noteInAudit({ aws, target }: Session, event: Omit<SecurityEvent, 'at'>): Promise<void> {
  const failed: unknown[] = [];
  const silent = (): void => {};
  const log = createAuditLog({
    queues: sqsQueues(aws.sqs),
    auditQueue: outputOf(target, 'AuditQueueUrl'),
    ids: systemIds,
    logger: { debug: silent, info: silent, warn: silent, error: (_, fields) => void failed.push(fields?.error) },
  });
  log.note({ ...event, at: systemClock.now() });
  await log.flush();
  if (failed.length > 0) throw new CliError(`the audit could not be told of this: ${String(failed[0])}`);
}

/** @throws CliError where an OpenID provider issues the tokens */
export function issuerOf(session: Session): Issuer {
  const { aws, target } = session;
  const settings = settingsOf(session);
  if (settings.mode === 'oidc')
    throw new CliError('this deployment issues no tokens', `they come from ${settings.issuer}`);
  const ports = {
    clock: systemClock,
    signingKeys: secretTokenKeys(aws.secrets, outputOf(target, 'SigningKeysSecretArn')),
    publication: dynamoTokenKeys(aws.dynamo, outputOf(target, 'RegistryTableName')),
  };
  // How old keys get is for the schedule; here a key is made only when there is none, or when it is asked for.
  const policy: RotationPolicy = { rotateDays: Number.POSITIVE_INFINITY, maxTokenSeconds: settings.maxTokenSeconds };
  const rotate = (atOnce: boolean): Promise<Rotation> =>
    rotateKeys(ports, atOnce ? policy : { ...policy, rotateDays: 0 }, atOnce);
  return {
    settings,
    rotate,
    issue: async (request) => {
      const now = systemClock.now();
      const known = await ports.signingKeys.read();
      const ring = known && signingKey(known, now) ? known : (await rotateKeys(ports, policy)).ring;
      return issueToken(settings, ring, request, systemClock.now());
    },
  };
}
