import type { Manifest } from '../../../lambdas/contracts/manifest.ts';
import type { Config } from '../../../lib/config.ts';
import type { Needs } from './compare.ts';
import { shortArn, under } from './words.ts';

const TABLE = 'MessagesKeys';

/** The key that bodies are encrypted under; undefined: there is none. */
const keyOf = ({ messages }: Config): string | undefined =>
  messages.kmsKeyArn === undefined ? (messages.encrypt ? 'MessagesBodies' : undefined) : shortArn(messages.kmsKeyArn);

const forThese = (receivers: readonly string[]): string =>
  ` when StringEquals kms:EncryptionContext:receiver ${[...receivers].sort().join('|')}`;

/** Publishing keys in one's own name alone, and reading those of others. */
export const signs = (sender: string): string => `dynamodb:PutItem on ${TABLE} when ${under(`KEY#${sender}`)}`;
export const CHECKS = `dynamodb:GetItem on ${TABLE} when ${under('KEY#*')}`;

/** Encrypting for these, or for anybody; nothing where there is no key. */
export const seals = (config: Config, receivers?: readonly string[]): string[] =>
  uses('GenerateDataKey', config, receivers);
export const opens = (config: Config, receivers?: readonly string[]): string[] => uses('Decrypt', config, receivers);

function uses(action: string, config: Config, receivers: readonly string[] | undefined): string[] {
  const key = keyOf(config);
  return key === undefined ? [] : [`kms:${action} on ${key}${receivers ? forThese(receivers) : ''}`];
}

/** Signing in its own name, checking others, and encrypting where it, a channel or the tenant asks for that. */
export function agentMessageNeeds({ name, channels, confidential }: Manifest, config: Config): string[] {
  const all = config.messages.encryptFor.length > 0;
  const closed = (names: readonly string[]): string[] =>
    names.filter((channel) => all || channels.confidential.includes(channel)).map((channel) => `channel:${channel}`);
  const encrypts = all || confidential || channels.confidential.length > 0;
  return [
    signs(name),
    CHECKS,
    ...(encrypts ? seals(config, ['coordinator', ...closed(channels.publishes)]) : []),
    ...(encrypts ? opens(config, [name, ...closed(channels.subscribes)]) : []),
  ];
}

/** A key of our own is used by whom IAM lets, in this account. */
export const bodyKeyNeeds = ({ messages }: Config): Needs =>
  messages.encrypt && messages.kmsKeyArn === undefined
    ? { 'policy of MessagesBodies': ['AWS arn:iam::ACCOUNT:root may kms:* on *'] }
    : {};
