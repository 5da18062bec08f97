import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { ENV } from '../../lambdas/contracts/environment.ts';
import type { Manifest } from '../../lambdas/contracts/manifest.ts';
import type { Config } from '../config.ts';
import { DataTable } from './data-table.ts';
import { itemsUnder } from './grants.ts';
import { removalOf } from './removal.ts';

/** The registry of the keys that messages are signed with, and the key that bodies are encrypted under. */
export class MessageKeys extends Construct {
  readonly table: Table;
  /** Undefined: nothing is encrypted by us, and nobody may ask for it. */
  readonly kmsKeyArn: string | undefined;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    this.table = new DataTable(this, 'Keys', {
      config,
      expires: true,
      neverBackedUp: 'Public keys of containers, which publish new ones when they start.',
    }).table;
    const { encrypt, kmsKeyArn } = config.messages;
    this.kmsKeyArn = kmsKeyArn ?? (encrypt ? this.#makeKey(config) : undefined);
  }

  #makeKey(config: Config): string {
    return new Key(this, 'Bodies', {
      description: `Bodies of messages between agents (${config.stage})`,
      enableKeyRotation: true,
      removalPolicy: removalOf(config),
    }).keyArn;
  }
}

export interface MessageReach {
  readonly config: Config;
  readonly messageKeys: MessageKeys;
}

/** What tells a Lambda how messages are signed and encrypted. */
export function messageEnvironment({ config, messageKeys }: MessageReach): Record<string, string> {
  const { signatures, encryptFor } = config.messages;
  return {
    [ENV.messageKeysTable]: messageKeys.table.tableName,
    [ENV.signatures]: signatures,
    ...(messageKeys.kmsKeyArn !== undefined && { [ENV.messageKmsKey]: messageKeys.kmsKeyArn }),
    ...(encryptFor.length > 0 && { [ENV.encryptFor]: encryptFor.join(',') }),
  };
}

/** Keys published in this name and no other. */
export const publishKeysOf = (sender: string, { table }: MessageKeys) => itemsUnder(table, [`KEY#${sender}`], 'Put');
/** Keys of everybody, to check what they have signed. */
export const readKeys = ({ table }: MessageKeys) => itemsUnder(table, ['KEY#*'], 'Get');

/** Bodies for these receivers; for anybody, when none are named. */
const forReceivers = (action: 'GenerateDataKey' | 'Decrypt', keyArn: string, receivers?: readonly string[]) =>
  new PolicyStatement({
    actions: [`kms:${action}`],
    resources: [keyArn],
    ...(receivers && { conditions: { StringEquals: { 'kms:EncryptionContext:receiver': [...receivers] } } }),
  });

/** What a Lambda of the platform does with messages. */
export interface PlatformMessages {
  /** In whose name it signs. */
  readonly signs?: string;
  /** Whether it checks who has signed. */
  readonly checks?: boolean;
  /** Whose bodies it encrypts, and which it opens; `anybody`: whoever they are for. */
  readonly encrypts?: 'coordinator' | 'anybody';
  readonly opens?: 'coordinator' | 'anybody';
}

export function platformMessageStatements(
  { signs, checks = false, encrypts, opens }: PlatformMessages,
  keys: MessageKeys,
): PolicyStatement[] {
  const { kmsKeyArn } = keys;
  const receivers = (whose: 'coordinator' | 'anybody') => (whose === 'anybody' ? undefined : [whose]);
  return [
    ...(signs === undefined ? [] : [publishKeysOf(signs, keys)]),
    ...(checks ? [readKeys(keys)] : []),
    ...(kmsKeyArn && encrypts ? [forReceivers('GenerateDataKey', kmsKeyArn, receivers(encrypts))] : []),
    ...(kmsKeyArn && opens ? [forReceivers('Decrypt', kmsKeyArn, receivers(opens))] : []),
  ];
}

/**
 * An agent publishes its own keys and reads all; it encrypts for the coordinator and the channels that it publishes on, and
 * opens what is for it and the channels that it listens to.
 * @throws Error when its manifest asks for encryption and the configuration has no key for it
 */
export function messageStatements(manifest: Manifest, { config, messageKeys }: MessageReach): PolicyStatement[] {
  const { name, channels, confidential } = manifest;
  const signing = [publishKeysOf(name, messageKeys), readKeys(messageKeys)];
  const always = config.messages.encryptFor.length > 0;
  const closed = channels.confidential;
  const asks = confidential || closed.length > 0;
  const { kmsKeyArn } = messageKeys;
  if (!kmsKeyArn) {
    if (!asks) return signing;
    throw new Error(
      `agent ${name} is confidential, or a channel of it is, and the configuration has no key for it: set messages.encrypt (docs/guides/messages.md)`,
    );
  }
  if (!asks && !always) return signing;
  const sealed = (names: readonly string[]): string[] =>
    names.filter((channel) => always || closed.includes(channel)).map((channel) => `channel:${channel}`);
  return [
    ...signing,
    forReceivers('GenerateDataKey', kmsKeyArn, ['coordinator', ...sealed(channels.publishes)]),
    forReceivers('Decrypt', kmsKeyArn, [name, ...sealed(channels.subscribes)]),
  ];
}
